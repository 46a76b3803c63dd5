package dev.leat.io.spi;

import com.google.auto.value.AutoValue;
import com.google.common.collect.ImmutableList;
import java.io.Serializable;
import java.util.List;
import org.apache.beam.sdk.schemas.Schema;

/**
 * How the rows of a live run relate to one another. A row has the columns of {@link
 * SinkRequest#schema()} and after them {@link #REVISION}: how many events it was made of. Of the
 * rows with one key the one with the highest revision is the current one, in whatever order and
 * however often they come: a window's result only ever grows by events, so a sink that keeps a row
 * unless the new one's revision is higher ends with the right table after any crash and retry.
 */
@AutoValue
public abstract class LiveRows implements Serializable {
  private static final long serialVersionUID = 1L;

  /** The last column of a live row; INT64, never null. It is for the sink, not part of the row. */
  public static final String REVISION = "leat_revision";

  /** What a further row does to those before it. */
  public enum Kind {
    /** It replaces the one with its key, unless that has a higher revision. */
    REPLACE,
    /**
     * As {@link #REPLACE}, for windows that grow together (sessions): it replaces all rows of its
     * group whose {@code window_start} lies from its own until before its {@code window_end}.
     */
    REPLACE_SESSIONS,
    /** It is added; a row with a key that is there is a copy of that row and changes nothing. */
    APPEND
  }

  public abstract Kind kind();

  /**
   * The columns that tell rows apart, {@code window_start} among them if rows have windows. Empty
   * for a row for all time, of which there is one.
   */
  public abstract ImmutableList<String> key();

  public static LiveRows replacedBy(List<String> key) {
    return new AutoValue_LiveRows(Kind.REPLACE, ImmutableList.copyOf(key));
  }

  /** The key has {@code window_start} in it. */
  public static LiveRows sessionsReplacedBy(List<String> key) {
    return new AutoValue_LiveRows(Kind.REPLACE_SESSIONS, ImmutableList.copyOf(key));
  }

  public static LiveRows appendedOnceBy(List<String> key) {
    return new AutoValue_LiveRows(Kind.APPEND, ImmutableList.copyOf(key));
  }

  /** The columns of a live row: those of the table and the revision. */
  public static Schema schema(Schema table) {
    return Schema.builder().addFields(table.getFields()).addInt64Field(REVISION).build();
  }
}
