package dev.leat.enrich;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.leat.deadletter.Outcome;
import dev.leat.deadletter.Reason;
import dev.leat.deadletter.RejectedException;
import dev.leat.event.Event;
import dev.leat.field.EventView;
import dev.leat.field.FieldRef;
import dev.leat.field.PayloadReader;
import dev.leat.field.Values;
import dev.leat.step.EventFunction;
import dev.leat.step.EventSteps;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.jspecify.annotations.Nullable;

/**
 * Adds to each event the row that a lookup has for one of its fields, as a derived field. The
 * lookup is read once on each worker, when it starts: it must not change while a job runs.
 *
 * <pre>{@code
 * events.apply("Add airport",
 *     EnrichEvents.lookup(FileLookup.of("airports.csv", "iata")).on("/origin").as("airport"))
 *   .failuresTo(rejected)
 * }</pre>
 */
public final class EnrichEvents extends PTransform<PCollection<Event>, Outcome<Event>> {
  private static final long serialVersionUID = 1L;

  /** What becomes of an event whose key the lookup does not have, or that has no key. */
  public enum Missing {
    /** It goes on without the field. */
    KEEP,
    /** It becomes a dead letter. */
    DEAD_LETTER,
    /** The job fails. */
    FAIL
  }

  private final Lookup lookup;
  private final FieldRef key;
  private final String name;
  private final Missing missing;
  private final PayloadReader reader;

  private EnrichEvents(
      Lookup lookup, FieldRef key, String name, Missing missing, PayloadReader reader) {
    this.lookup = lookup;
    this.key = key;
    this.name = name;
    this.missing = missing;
    this.reader = reader;
  }

  /** Begins with the lookup. */
  public static Begun lookup(Lookup lookup) {
    return new Begun(lookup);
  }

  /** A lookup that waits for its key. */
  public record Begun(Lookup lookup) {
    /**
     * @param key the field whose value is looked up
     */
    public Keyed on(String key) {
      return new Keyed(lookup, FieldRef.parse(key));
    }
  }

  /** A lookup and a key that wait for the name of the result. */
  public record Keyed(Lookup lookup, FieldRef key) {
    /**
     * @param name the derived field that the row becomes
     * @throws IllegalArgumentException if it is no name, or the name of an envelope field
     */
    public EnrichEvents as(String name) {
      if (!FieldRef.isName(name) || FieldRef.ENVELOPE.contains(name) || name.equals("data")) {
        throw new IllegalArgumentException(
            "as: expected a name of letters, digits and _ that no field has yet, got '"
                + name
                + "'");
      }
      return new EnrichEvents(lookup, key, name, Missing.KEEP, PayloadReader.plain());
    }
  }

  /** What becomes of an event whose key is not in the lookup. Default {@link Missing#KEEP}. */
  public EnrichEvents missing(Missing choice) {
    return new EnrichEvents(lookup, key, name, choice, reader);
  }

  /** How payloads are read; needed for text lines. Default: by content type. */
  public EnrichEvents withReader(PayloadReader reader) {
    return new EnrichEvents(lookup, key, name, missing, reader);
  }

  /** The function alone, to be run with others in {@link EventSteps}. */
  public EventFunction function() {
    return new AddRow(this);
  }

  @Override
  public Outcome<Event> expand(PCollection<Event> events) {
    return events.apply(EventSteps.onEvents("enrich " + name, reader, List.of(function())));
  }

  private static final class AddRow implements EventFunction {
    private static final long serialVersionUID = 1L;

    private final Lookup lookup;
    private final FieldRef key;
    private final String name;
    private final Missing missing;
    private transient @Nullable Map<String, ObjectNode> rows;

    AddRow(EnrichEvents settings) {
      this.lookup = settings.lookup;
      this.key = settings.key;
      this.name = settings.name;
      this.missing = settings.missing;
    }

    @Override
    public void open() {
      try {
        rows = lookup.load();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public boolean apply(EventView event) {
      Map<String, ObjectNode> loaded = rows;
      if (loaded == null) {
        throw new IllegalStateException("the lookup is not open");
      }
      String value = Values.text(event.at(key), key);
      ObjectNode row = value == null ? null : loaded.get(value);
      if (row != null) {
        event.derive(name, row);
        return true;
      }
      switch (missing) {
        case KEEP:
          return true;
        case DEAD_LETTER:
          throw new RejectedException(
              Reason.LOOKUP_MISS, key + ": the lookup for '" + name + "' has no such key");
        case FAIL:
          throw new IllegalStateException(
              "enrich " + name + ": the lookup has no row for the " + key + " of " + event.event());
      }
      throw new IllegalStateException("no such choice: " + missing);
    }
  }
}
