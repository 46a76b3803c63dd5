package dev.leat.wait;

import com.google.common.collect.ImmutableList;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.coders.OptionalCoder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.SimpleFunction;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollection.IsBounded;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionView;

/**
 * All elements of a bounded collection, for a step that waits for the last of them:
 *
 * <pre>{@code
 * AllOf<PartFile> files = AllOf.gather("Files", written);
 * once.apply("Commit", ParDo.of(new Commit(files)).withSideInputs(files.view()));
 * // in the DoFn
 * List<PartFile> all = files.of(context);
 * }</pre>
 *
 * <p>They must fit in memory.
 */
public final class AllOf<T> implements Serializable {
  private static final long serialVersionUID = 1L;

  private final PCollectionView<Iterable<Optional<T>>> view;

  private AllOf(PCollectionView<Iterable<Optional<T>>> view) {
    this.view = view;
  }

  /**
   * @param name of the step
   * @throws IllegalArgumentException if the elements are unbounded
   */
  public static <T> AllOf<T> gather(String name, PCollection<T> elements) {
    if (elements.isBounded() == IsBounded.UNBOUNDED) {
      throw new IllegalArgumentException(name + ": expected bounded elements");
    }
    return new AllOf<>(elements.apply(name, new Gather<>()));
  }

  /** What the step that waits must name as its side input. */
  public PCollectionView<?> view() {
    return view;
  }

  /** In any order. */
  public List<T> of(DoFn<?, ?>.ProcessContext context) {
    ImmutableList.Builder<T> all = ImmutableList.builder();
    context.sideInput(view).forEach(each -> each.ifPresent(all::add));
    return all.build();
  }

  /** Adds one element that is none, so that the view is not empty. */
  private static final class Gather<T>
      extends PTransform<PCollection<T>, PCollectionView<Iterable<Optional<T>>>> {
    private static final long serialVersionUID = 1L;

    @Override
    public PCollectionView<Iterable<Optional<T>>> expand(PCollection<T> elements) {
      OptionalCoder<T> coder = OptionalCoder.of(elements.getCoder());
      PCollection<Optional<T>> present =
          elements
              .apply("In one window", Window.<T>into(new GlobalWindows()))
              .apply("Present", MapElements.via(new Present<T>()))
              .setCoder(coder);
      PCollection<Optional<T>> none =
          elements
              .getPipeline()
              .apply("None", Create.<Optional<T>>of(Optional.empty()).withCoder(coder));
      return PCollectionList.of(present)
          .and(none)
          .apply("With none", Flatten.pCollections())
          .apply("All", View.asIterable());
    }
  }

  private static final class Present<T> extends SimpleFunction<T, Optional<T>> {
    private static final long serialVersionUID = 1L;

    @Override
    public Optional<T> apply(T element) {
      return Optional.of(element);
    }
  }
}
