package dev.leat.aggregate;

import java.util.Collection;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.IncompatibleWindowException;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.MergeOverlappingIntervalWindows;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.transforms.windowing.WindowMappingFn;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Instant;

/** Puts a block of partial results into the session it was made for, and joins sessions. */
final class CarriedWindows extends WindowFn<KV<byte[], PartialBlock>, IntervalWindow> {
  private static final long serialVersionUID = 1L;

  @Override
  public Collection<IntervalWindow> assignWindows(AssignContext context) {
    PartialBlock block = context.element().getValue();
    return List.of(
        new IntervalWindow(
            Instant.ofEpochMilli(block.firstStart()), Instant.ofEpochMilli(block.firstEnd())));
  }

  @Override
  public void mergeWindows(MergeContext context) throws Exception {
    MergeOverlappingIntervalWindows.mergeWindows(context);
  }

  @Override
  public boolean isCompatible(WindowFn<?, ?> other) {
    return equals(other);
  }

  @Override
  public void verifyCompatibility(WindowFn<?, ?> other) throws IncompatibleWindowException {
    if (!isCompatible(other)) {
      throw new IncompatibleWindowException(
          other, "Carried windows are compatible only with carried windows");
    }
  }

  @Override
  public Coder<IntervalWindow> windowCoder() {
    return IntervalWindow.getCoder();
  }

  @Override
  public WindowMappingFn<IntervalWindow> getDefaultWindowMappingFn() {
    return new WindowMappingFn<>() {
      @Override
      public IntervalWindow getSideInputWindow(BoundedWindow mainWindow) {
        throw new UnsupportedOperationException(
            "The windows of partial results are not for side inputs");
      }
    };
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CarriedWindows;
  }

  @Override
  public int hashCode() {
    return CarriedWindows.class.hashCode();
  }
}
