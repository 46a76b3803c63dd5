package dev.leat.wait;

import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.VoidCoder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollection.IsBounded;
import org.apache.beam.sdk.values.PCollectionList;
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
    AllOf<Void> end =
        AllOf.gather(
            "Its end",
            nothingOf(signal, "Signal", VoidCoder.of(), WindowingStrategy.globalDefault()));
    PCollection<T> held =
        elements
            .apply("Wait", ParDo.of(new Wait<T>(end)).withSideInputs(end.view()))
            .setCoder(elements.getCoder());
    // Without this, no element would mean no waiting: nobody would have asked for the side input.
    PCollection<T> nothing =
        nothingOf(
            signal, "Signal of the end", elements.getCoder(), elements.getWindowingStrategy());
    return PCollectionList.of(held).and(nothing).apply("With its end", Flatten.pCollections());
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
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element S unused) {}
  }

  private static final class Wait<T> extends DoFn<T, T> {
    private static final long serialVersionUID = 1L;

    private final AllOf<Void> end;

    Wait(AllOf<Void> end) {
      this.end = end;
    }

    @ProcessElement
    public void process(ProcessContext context) {
      end.of(context);
      context.output(context.element());
    }
  }
}
