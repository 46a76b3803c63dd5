package dev.leat.wait;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TimestampedValue;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.Rule;
import org.junit.Test;

public class AllOfTest {
  @Rule public final TestPipeline pipeline = TestPipeline.create();

  @Test
  public void gathersWhatStandsInManyWindows() {
    PCollection<String> seconds =
        pipeline
            .apply(
                Create.timestamped(
                    TimestampedValue.of("a", Instant.ofEpochSecond(1)),
                    TimestampedValue.of("b", Instant.ofEpochSecond(2)),
                    TimestampedValue.of("a", Instant.ofEpochSecond(3))))
            .apply(Window.into(FixedWindows.of(Duration.standardSeconds(1))));

    PAssert.that(told(AllOf.gather("All", seconds))).containsInAnyOrder("[a, a, b]");
    pipeline.run();
  }

  @Test
  public void gathersNone() {
    PCollection<String> none = pipeline.apply("No element", Create.empty(StringUtf8Coder.of()));

    PAssert.that(told(AllOf.gather("All", none))).containsInAnyOrder("[]");
    pipeline.run();
  }

  @Test
  public void refusesUnboundedInput() {
    pipeline.enableAbandonedNodeEnforcement(false);
    PCollection<String> live =
        pipeline.apply(TestStream.create(StringUtf8Coder.of()).advanceWatermarkToInfinity());

    assertThat(
        assertThrows(IllegalArgumentException.class, () -> AllOf.gather("All", live)).getMessage(),
        is("All: expected bounded elements"));
  }

  @Test
  public void sumsSomeAndNone() {
    PCollection<Integer> some =
        pipeline
            .apply(
                Create.timestamped(
                    TimestampedValue.of(2, Instant.ofEpochSecond(1)),
                    TimestampedValue.of(3, Instant.ofEpochSecond(2))))
            .apply(Window.into(FixedWindows.of(Duration.standardSeconds(1))));
    PCollection<Integer> none = pipeline.apply("No number", Create.empty(VarIntCoder.of()));

    PAssert.that(some.apply("Sum of some", Total.of(0, AllOfTest::sum))).containsInAnyOrder(5);
    PAssert.that(none.apply("Sum of none", Total.of(0, AllOfTest::sum))).containsInAnyOrder(0);
    pipeline.run();
  }

  private static int sum(Iterable<Integer> numbers) {
    int sum = 0;
    for (int number : numbers) {
      sum += number;
    }
    return sum;
  }

  private PCollection<String> told(AllOf<String> all) {
    return pipeline
        .apply("Once", Create.of("once"))
        .apply("Tell", ParDo.of(new Tell(all)).withSideInputs(all.view()));
  }

  private static final class Tell extends DoFn<String, String> {
    private final AllOf<String> all;

    Tell(AllOf<String> all) {
      this.all = all;
    }

    @ProcessElement
    public void process(ProcessContext context) {
      List<String> sorted = new ArrayList<>(all.of(context));
      sorted.sort(null);
      context.output(sorted.toString());
    }
  }
}
