package dev.leat.testing.kit;

import static org.hamcrest.Matchers.equalTo;

import java.util.List;
import org.apache.beam.sdk.values.Row;
import org.hamcrest.Description;
import org.hamcrest.Matcher;
import org.hamcrest.TypeSafeDiagnosingMatcher;
import org.jspecify.annotations.Nullable;

/**
 * What is expected of Beam's rows.
 *
 * <pre>{@code
 * assertThat(rows, contains(row(field("page", "Mill"), field("edits", 3L))));
 * }</pre>
 */
public final class RowMatchers {
  private RowMatchers() {}

  /** A row with all these fields; it may have others. */
  public static Matcher<Row> row(Field... fields) {
    return new HasFields(List.of(fields));
  }

  /** A field of this value, by {@code equals}, or null: 3 is not 3L, a field has one type. */
  public static Field field(String name, @Nullable Object value) {
    return new Field(name, equalTo(value));
  }

  public static Field field(String name, Matcher<?> value) {
    return new Field(name, value);
  }

  /** A field of a row, by name, and what is expected of it. */
  public record Field(String name, Matcher<?> value) {}

  private static final class HasFields extends TypeSafeDiagnosingMatcher<Row> {
    private final List<Field> fields;

    HasFields(List<Field> fields) {
      this.fields = fields;
    }

    @Override
    protected boolean matchesSafely(Row row, Description mismatch) {
      for (Field field : fields) {
        if (!row.getSchema().hasField(field.name())) {
          mismatch.appendText("has only the fields ").appendValue(row.getSchema().getFieldNames());
          return false;
        }
        Object value = row.getValue(field.name());
        if (!field.value().matches(value)) {
          mismatch.appendText("field " + field.name() + " ");
          field.value().describeMismatch(value, mismatch);
          return false;
        }
      }
      return true;
    }

    @Override
    public void describeTo(Description description) {
      description.appendText("a row");
      String joint = " with ";
      for (Field field : fields) {
        description.appendText(joint + field.name() + " ").appendDescriptionOf(field.value());
        joint = ", ";
      }
    }
  }
}
