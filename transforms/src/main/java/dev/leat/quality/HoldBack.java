package dev.leat.quality;

import com.google.common.collect.Iterables;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollection.IsBounded;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.WindowingStrategy;

/**
 * Holds bounded elements until a signal is complete, whatever it has; if the signal's step fails,
 * none goes on. Unlike after Beam's {@code Wait}, the end of the elements is held too: what stands
 * behind, such as a sink that commits once it has seen all, waits for the signal also where there
 * is no element at all. Windows and timestamps stay as they are; the elements are kept by the
 * runner as any side-input wait keeps them.
 */
public final class HoldBack<T> extends PTransform<PCollection<T>, PCollection<T>> {
  private static final long serialVersionUID = 1L;

  private static final String END = "end";

  private final transient PCollection<?> signal;

  private HoldBack(PCollection<?> signal) {
    this.signal = signal;
  }

  /** Both must be bounded. */
  public static <T> HoldBack<T> until(PCollection<?> signal) {
    return new HoldBack<>(signal);
  }

  @Override
  public PCollection<T> expand(PCollection<T> elements) {
    if (elements.isBounded() == IsBounded.UNBOUNDED || signal.isBounded() == IsBounded.UNBOUNDED) {
      throw new IllegalArgumentException("hold back: expected bounded elements and signal");
    }
    PCollectionView<Iterable<String>> end = end(elements.getPipeline());
    PCollection<T> held =
        elements
            .apply("Wait", ParDo.of(new Wait<T>(end)).withSideInputs(end))
            .setCoder(elements.getCoder());
    // Without this, no element would mean no waiting: nobody would have asked for the side input.
    PCollection<T> nothing =
        nothingOf(
            signal, "Signal of the end", elements.getCoder(), elements.getWindowingStrategy());
    return PCollectionList.of(held).and(nothing).apply("With its end", Flatten.pCollections());
  }

  /**
   * One element, complete when the signal is.
   *
   * <p>None would do, but the DirectRunner of Beam 2.70 can wait for an empty view for ever: it
   * writes it beside its work, and if it has found by then that nothing goes on any more, what was
   * waiting is not tried again (docs/adr/0026).
   */
  private PCollectionView<Iterable<String>> end(Pipeline pipeline) {
    PCollection<String> nothing =
        nothingOf(signal, "Signal", StringUtf8Coder.of(), WindowingStrategy.globalDefault());
    PCollection<String> one = pipeline.apply("One", Create.of(END));
    return PCollectionList.of(nothing)
        .and(one)
        .apply("Signal with one", Flatten.pCollections())
        .apply("Its end", View.asIterable());
  }

  private static <S, T> PCollection<T> nothingOf(
      PCollection<S> signal, String name, Coder<T> coder, WindowingStrategy<?, ?> windowing) {
    return signal
        .apply(name + " in one window", Window.<S>into(new GlobalWindows()))
        .apply(name, ParDo.of(new Nothing<S, T>()))
        .setCoder(coder)
        .setWindowingStrategyInternal(windowing);
  }

  private static final class Nothing<S, T> extends DoFn<S, T> {
    @ProcessElement
    public void process(@Element S unused) {}
  }

  private static final class Wait<T> extends DoFn<T, T> {
    private final PCollectionView<Iterable<String>> end;

    Wait(PCollectionView<Iterable<String>> end) {
      this.end = end;
    }

    @ProcessElement
    public void process(ProcessContext context) {
      if (!END.equals(Iterables.getOnlyElement(context.sideInput(end)))) {
        throw new IllegalStateException("the end of a signal is one element");
      }
      context.output(context.element());
    }
  }
}
