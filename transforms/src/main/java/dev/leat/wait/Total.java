package dev.leat.wait;

import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;

/**
 * The sum of a bounded collection, one element; zero where there is none. Beam's {@code
 * Combine.globally} finds out by an empty view that there is none.
 */
public final class Total<T> extends PTransform<PCollection<T>, PCollection<T>> {
  private static final long serialVersionUID = 1L;

  private final transient T zero;
  private final SerializableFunction<Iterable<T>, T> sum;

  private Total(T zero, SerializableFunction<Iterable<T>, T> sum) {
    this.zero = zero;
    this.sum = sum;
  }

  /**
   * @param sum associative and commutative; {@code zero} adds nothing to it
   */
  public static <T> Total<T> of(T zero, SerializableFunction<Iterable<T>, T> sum) {
    return new Total<>(zero, sum);
  }

  @Override
  public PCollection<T> expand(PCollection<T> parts) {
    Coder<T> coder = parts.getCoder();
    PCollection<T> nothing = parts.getPipeline().apply("Zero", Create.of(zero).withCoder(coder));
    return PCollectionList.of(parts.apply("In one window", Window.<T>into(new GlobalWindows())))
        .and(nothing)
        .apply("With zero", Flatten.pCollections())
        .apply("Add up", Combine.globally(sum).withoutDefaults())
        .setCoder(coder);
  }
}
