package dev.leat.wait;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.Pipeline.PipelineExecutionException;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TimestampedValue;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;

public class HoldBackTest {
  private static final Queue<String> SEEN = new ConcurrentLinkedQueue<>();
  private static final CountDownLatch SOMETHING_SEEN = new CountDownLatch(1);

  @Rule public final TestPipeline pipeline = TestPipeline.create();

  @Before
  public void forget() {
    SEEN.clear();
  }

  @Test
  public void holdsElementsAndTheirEndBackFromASignalThatFails() {
    pipeline.enableAbandonedNodeEnforcement(false);
    PCollection<String> signal =
        pipeline
            .apply("Begin", Create.of("signal"))
            .apply("Fail", ParDo.of(new Fail()))
            .setCoder(StringUtf8Coder.of());

    pipeline
        .apply("Some", Create.of("a", "b"))
        .apply("Hold some", HoldBack.until(signal))
        .apply("See some", ParDo.of(new See<>()));
    pipeline
        .apply("None", Create.empty(StringUtf8Coder.of()))
        .apply("Hold none", HoldBack.until(signal))
        .apply("Count none", Count.globally())
        .apply("See none", ParDo.of(new See<>()));

    PipelineExecutionException refused =
        assertThrows(PipelineExecutionException.class, () -> pipeline.run().waitUntilFinish());
    assertThat(refused.getCause().getMessage(), is("refused"));
    assertThat(List.copyOf(SEEN), is(empty()));
  }

  @Test
  public void letsElementsGoInTheirWindowsAfterASignalWithoutElements() {
    PCollection<String> signal = pipeline.apply("No signal", Create.empty(StringUtf8Coder.of()));
    PCollection<KV<String, Long>> counts =
        pipeline
            .apply(Create.timestamped(at("a", 1), at("a", 2), at("a", 61), at("b", 62)))
            .apply("Minutes", Window.into(FixedWindows.of(Duration.standardMinutes(1))))
            .apply("Hold back", HoldBack.until(signal))
            .apply("Count", Count.perElement());

    PAssert.that(counts).containsInAnyOrder(KV.of("a", 2L), KV.of("a", 1L), KV.of("b", 1L));
    pipeline.run();
  }

  @Test
  public void refusesUnboundedInput() {
    pipeline.enableAbandonedNodeEnforcement(false);
    PCollection<String> live =
        pipeline.apply(TestStream.create(StringUtf8Coder.of()).advanceWatermarkToInfinity());

    assertThrows(
        IllegalArgumentException.class, () -> live.apply("Hold back", HoldBack.until(live)));
  }

  private static TimestampedValue<String> at(String element, int second) {
    return TimestampedValue.of(element, Instant.ofEpochSecond(second));
  }

  /** Leaves time for what should not happen; what should does not depend on it. */
  private static final class Fail extends DoFn<String, String> {
    @ProcessElement
    public void process(@Element String unused) throws InterruptedException {
      SOMETHING_SEEN.await(3, TimeUnit.SECONDS);
      throw new IllegalStateException("refused");
    }
  }

  private static final class See<T> extends DoFn<T, Void> {
    @ProcessElement
    public void process(@Element T element) {
      SEEN.add(String.valueOf(element));
      SOMETHING_SEEN.countDown();
    }
  }
}
