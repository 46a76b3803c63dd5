package dev.leat.ingest;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import dev.leat.field.FieldRef;
import dev.leat.ingest.Mapping.Format;
import java.util.List;
import org.junit.Test;
import org.junit.function.ThrowingRunnable;

public class MappingTest {
  private static final FieldRef TIME = FieldRef.parse("/time");
  private static final FieldRef NAME = FieldRef.parse("tenant");
  private static final Mapping MAPPING = Mapping.of(Format.JSON, "edit", TIME);

  @Test
  public void refusesPlacesThatAreNotInTheRecord() {
    assertThat(
        refusal(() -> Mapping.of(Format.JSON, "edit", FieldRef.parse("time"))),
        is("time: expected a pointer into the record such as /time, got 'time'"));
    assertThat(
        refusal(() -> MAPPING.withId(NAME)),
        is("id: expected a pointer into the record such as /id, got 'tenant'"));
    assertThat(
        refusal(() -> MAPPING.withSubject(NAME)),
        is("subject: expected a pointer into the record such as /subject, got 'tenant'"));
    assertThat(
        refusal(() -> MAPPING.withSequence(NAME)),
        is("sequence: expected a pointer into the record such as /sequence, got 'tenant'"));
  }

  @Test
  public void refusesEmptyNames() {
    assertThat(
        refusal(() -> Mapping.of(Format.JSON, "", TIME)),
        is("type: expected a name or a pointer, got nothing"));
    assertThat(
        refusal(() -> MAPPING.withSource("")),
        is("source: expected a name or a pointer, got nothing"));
    assertThat(
        refusal(() -> MAPPING.withTenant("")),
        is("tenant: expected a name or a pointer, got nothing"));
  }

  @Test
  public void refusesBadPointers() {
    assertThat(
        refusal(() -> MAPPING.withTenant("/")),
        is("'/' names nothing; expected a pointer such as /page"));
  }

  @Test
  public void refusesPatternsWithoutNamedGroups() {
    assertThat(
        refusal(() -> MAPPING.withPattern("([^ ]+) .*")),
        is("expected named groups such as (?<host>[^ ]+), got none in '([^ ]+) .*'"));
  }

  @Test
  public void readsTextByThePatternsGroups() {
    assertThat(MAPPING.withPattern("(?<a>.)(?<b>.)").reader().groups(), is(List.of("a", "b")));
    assertThat(MAPPING.reader().groups(), is(List.of()));
  }

  private static String refusal(ThrowingRunnable run) {
    return assertThrows(IllegalArgumentException.class, run).getMessage();
  }
}
