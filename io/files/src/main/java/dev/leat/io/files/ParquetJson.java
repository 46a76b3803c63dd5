package dev.leat.io.files;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.util.Map;
import java.util.Optional;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.ListLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.MapKeyValueTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.MapLogicalTypeAnnotation;
import org.apache.parquet.schema.Type;

/**
 * A Parquet row as one compact JSON object: all columns in the order of the file, null where there
 * is no value, then the columns that folders add.
 *
 * <p>Lists are arrays, also in the older layouts; maps and groups are objects; {@link ParquetValue}
 * tells of the rest.
 */
final class ParquetJson {
  private static final JsonFactory JSON = new JsonFactory();

  private final Map<String, Optional<String>> folderColumns;

  ParquetJson(Map<String, Optional<String>> folderColumns) {
    this.folderColumns = folderColumns;
  }

  String of(Group row) throws IOException {
    StringWriter out = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      writeFields(row, json);
      for (Map.Entry<String, Optional<String>> column : folderColumns.entrySet()) {
        if (!row.getType().containsField(column.getKey())) {
          json.writeStringField(column.getKey(), column.getValue().orElse(null));
        }
      }
      json.writeEndObject();
    }
    return out.toString();
  }

  private static void writeFields(Group group, JsonGenerator json) throws IOException {
    GroupType type = group.getType();
    for (int field = 0; field < type.getFieldCount(); field++) {
      json.writeFieldName(type.getFieldName(field));
      if (type.getType(field).isRepetition(Type.Repetition.REPEATED)) {
        json.writeStartArray();
        for (int i = 0; i < group.getFieldRepetitionCount(field); i++) {
          writeValue(group, field, i, json);
        }
        json.writeEndArray();
      } else {
        writeOptional(group, field, json);
      }
    }
  }

  private static void writeOptional(Group group, int field, JsonGenerator json) throws IOException {
    if (field >= group.getType().getFieldCount() || group.getFieldRepetitionCount(field) == 0) {
      json.writeNull();
    } else {
      writeValue(group, field, 0, json);
    }
  }

  private static void writeValue(Group group, int field, int index, JsonGenerator json)
      throws IOException {
    Type type = group.getType().getType(field);
    if (type.isPrimitive()) {
      ParquetValue.write(group, field, index, json);
      return;
    }
    Group value = group.getGroup(field, index);
    LogicalTypeAnnotation annotation = type.getLogicalTypeAnnotation();
    boolean wrapsOneRepeated =
        type.asGroupType().getFieldCount() == 1
            && type.asGroupType().getType(0).isRepetition(Type.Repetition.REPEATED);
    if (annotation instanceof ListLogicalTypeAnnotation && wrapsOneRepeated) {
      writeList(value, json);
    } else if ((annotation instanceof MapLogicalTypeAnnotation
            || annotation instanceof MapKeyValueTypeAnnotation)
        && wrapsOneRepeated
        && !value.getType().getType(0).isPrimitive()) {
      writeMap(value, json);
    } else {
      json.writeStartObject();
      writeFields(value, json);
      json.writeEndObject();
    }
  }

  private static void writeList(Group list, JsonGenerator json) throws IOException {
    Type repeated = list.getType().getType(0);
    boolean isElement =
        repeated.isPrimitive()
            || repeated.asGroupType().getFieldCount() != 1
            || repeated.getName().equals("array")
            || repeated.getName().equals(list.getType().getName() + "_tuple");
    json.writeStartArray();
    for (int i = 0; i < list.getFieldRepetitionCount(0); i++) {
      if (isElement) {
        writeValue(list, 0, i, json);
      } else {
        writeOptional(list.getGroup(0, i), 0, json);
      }
    }
    json.writeEndArray();
  }

  private static void writeMap(Group map, JsonGenerator json) throws IOException {
    json.writeStartObject();
    for (int i = 0; i < map.getFieldRepetitionCount(0); i++) {
      Group entry = map.getGroup(0, i);
      json.writeFieldName(keyOf(entry));
      writeOptional(entry, 1, json);
    }
    json.writeEndObject();
  }

  /** A text as it is, another key as its JSON. */
  private static String keyOf(Group entry) throws IOException {
    StringWriter out = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      writeOptional(entry, 0, json);
    }
    String key = out.toString();
    return key.startsWith("\"") ? JSON.createParser(key).nextTextValue() : key;
  }
}
