package dev.leat.testing.kit;

import static org.hamcrest.Matchers.equalTo;

import dev.leat.deadletter.DeadLetter;
import dev.leat.deadletter.Reason;
import dev.leat.event.Lineage;
import java.util.function.Function;
import org.hamcrest.FeatureMatcher;
import org.hamcrest.Matcher;
import org.hamcrest.Matchers;
import org.jspecify.annotations.Nullable;

/**
 * What is expected of dead letters.
 *
 * <pre>{@code
 * assertThat(letters, contains(deadLetter(Reason.MALFORMED, at("file:///a.jsonl", 7), holding("{"))));
 * }</pre>
 */
public final class DeadLetterMatchers {
  private DeadLetterMatchers() {}

  /** A dead letter for this reason that all of {@code others} match. */
  @SafeVarargs
  public static Matcher<DeadLetter> deadLetter(
      Reason reason, Matcher<? super DeadLetter>... others) {
    return Matchers.both(feature("reason", DeadLetter::reason, equalTo(reason)))
        .and(Matchers.allOf(others));
  }

  /** Its raw bytes, as UTF-8. */
  public static Matcher<DeadLetter> holding(String data) {
    return feature("data", letter -> letter.data().toUtf8(), equalTo(data));
  }

  public static Matcher<DeadLetter> withDetail(Matcher<? super String> detail) {
    return feature("detail", DeadLetter::detail, detail);
  }

  /** The name of the step that refused it. */
  public static Matcher<DeadLetter> fromStep(String step) {
    return feature("step", DeadLetter::step, equalTo(step));
  }

  /** Where its record stood: the offset of an origin, or the line of a file. */
  public static Matcher<DeadLetter> at(String origin, long offset) {
    return feature("place", DeadLetterMatchers::place, equalTo(origin + " " + offset));
  }

  private static @Nullable String place(DeadLetter letter) {
    Lineage ingest = letter.ingest();
    return ingest == null ? null : ingest.origin() + " " + ingest.offset();
  }

  private static <V extends @Nullable Object> Matcher<DeadLetter> feature(
      String name, Function<DeadLetter, V> feature, Matcher<? super V> expected) {
    return new FeatureMatcher<DeadLetter, V>(expected, "a dead letter with " + name, name) {
      @Override
      protected V featureValueOf(DeadLetter letter) {
        return feature.apply(letter);
      }
    };
  }
}
