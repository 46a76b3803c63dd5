package dev.leat;

import static dev.leat.aggregate.AggregateEvents.all;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import dev.leat.aggregate.AggregateEvents;
import dev.leat.aggregate.Aggregation;
import dev.leat.aggregate.Measure;
import dev.leat.dedup.DropDuplicates;
import dev.leat.enrich.EnrichEvents;
import dev.leat.enrich.FileLookup;
import dev.leat.expression.Expression;
import dev.leat.field.FieldRef;
import dev.leat.field.PayloadReader;
import dev.leat.ingest.Mapping;
import dev.leat.ingest.Mapping.Format;
import dev.leat.ingest.ParseEvents;
import dev.leat.ingest.PlausibleTimes;
import dev.leat.ingest.TimeFormat;
import dev.leat.step.DeriveField;
import dev.leat.step.FilterEvents;
import dev.leat.window.SplitLate;
import dev.leat.window.WindowSpec;
import dev.leat.window.Windows;
import java.io.Serializable;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Set;
import org.apache.beam.sdk.util.SerializableUtils;
import org.junit.Test;

/** What travels in a job's graph must survive Java serialization with all its settings. */
public class SerializableTest {
  private static final Mapping MAPPING =
      Mapping.of(Format.TEXT, "access", FieldRef.parse("/time"))
          .withPattern("(?<time>.*)")
          .withId(FieldRef.parse("/id"))
          .withSubject(FieldRef.parse("/page"))
          .withSequence(FieldRef.parse("/n"))
          .withTimeFormat(TimeFormat.of("yyyy/MM/dd HH:mm", ZoneId.of("Europe/Berlin")))
          .withPlausibleTimes(PlausibleTimes.defaults());

  private static final WindowSpec WINDOWS =
      WindowSpec.sliding(Duration.ofHours(1), Duration.ofMinutes(5))
          .withAllowedLateness(Duration.ofMinutes(10))
          .withEarly(Duration.ofSeconds(10))
          .withLate(Duration.ofSeconds(30));

  @Test
  public void serializesEveryTransform() {
    List<Serializable> transforms =
        List.of(
            ParseEvents.with(MAPPING),
            DropDuplicates.byId().within(Duration.ofDays(1)),
            DropDuplicates.bySequence().reportAfter(Duration.ofDays(1)),
            Windows.of(WINDOWS),
            SplitLate.by(WINDOWS),
            FilterEvents.where("data.x > 1"),
            DeriveField.named("big").as("data.x > 1"),
            EnrichEvents.lookup(FileLookup.of("a.csv", null)).on("/x").as("y"),
            all().measure("n", Measure.count()).measure("s", Measure.sum("/x")),
            AggregateEvents.by("/x").andBy("y", "/z").measure("n", Measure.count()));

    transforms.forEach(SerializableUtils::ensureSerializable);
  }

  @Test
  public void keepsSettingsThroughSerialization() {
    assertThat(SerializableUtils.clone(MAPPING), is(MAPPING));
    assertThat(SerializableUtils.clone(WINDOWS), is(WINDOWS));
    assertThat(
        SerializableUtils.clone(Measure.quantile("/x", 0.95)), is(Measure.quantile("/x", 0.95)));
    assertThat(SerializableUtils.clone(FieldRef.parse("a.b")), is(FieldRef.parse("a.b")));
    assertThat(
        SerializableUtils.clone(
                Aggregation.of(java.util.Map.of(), java.util.Map.of("n", Measure.count())))
            .measures(),
        is(java.util.Map.of("n", Measure.count())));
    assertThat(
        SerializableUtils.clone(Expression.compile("x > 1", Set.of("x"))).toString(), is("x > 1"));
    assertThat(SerializableUtils.clone(MAPPING.reader()).groups(), is(List.of("time")));
    assertThat(SerializableUtils.clone(PayloadReader.plain()).groups(), is(List.of()));
  }
}
