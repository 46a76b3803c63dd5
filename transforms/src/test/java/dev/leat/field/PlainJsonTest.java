package dev.leat.field;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import com.fasterxml.jackson.databind.JsonNode;
import dev.leat.HostileJson;
import dev.leat.Seeds;
import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteWriter;
import dev.leat.event.Json;
import dev.leat.field.PlainJson.Kind;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.Test;

public class PlainJsonTest {
  private static final List<FieldRef> PLACES =
      List.of(
          FieldRef.parse("/id"),
          FieldRef.parse("/x"),
          FieldRef.parse("/page"),
          FieldRef.parse("/a/b"),
          FieldRef.parse("/a"),
          FieldRef.parse("/a/x/page"),
          FieldRef.parse("/é"),
          FieldRef.parse("/deep~1er"),
          FieldRef.parse("/0"));

  private final PlainJson json = PlainJson.of(PLACES);

  @Test
  public void findsWhatTheTreeHas() {
    int plain = 0;
    int documents = Seeds.orElse(50) * 1000;
    for (int seed = 0; seed < documents; seed++) {
      byte[] document = HostileJson.document(new Random(seed));
      plain += isSame(document, seed) ? 1 : 0;
    }
    assertThat("plain of " + documents, plain, greaterThan(documents / 10));
  }

  @Test
  public void takesNothingThatTheTreeRefuses() {
    int plain = 0;
    int documents = Seeds.orElse(50) * 1000;
    for (int seed = 0; seed < documents; seed++) {
      byte[] document = HostileJson.damaged(new Random(seed));
      plain += isSame(document, seed) ? 1 : 0;
    }
    assertThat("plain of " + documents, plain, greaterThan(documents / 100));
  }

  @Test
  public void tellsEveryKind() {
    assertThat(kindOf("1"), is(Kind.INTEGER));
    assertThat(kindOf("-1.50"), is(Kind.DECIMAL));
    assertThat(kindOf("\"é\""), is(Kind.TEXT));
    assertThat(kindOf("true"), is(Kind.TRUE));
    assertThat(kindOf("false"), is(Kind.FALSE));
    assertThat(kindOf("null"), is(Kind.NULL));
    assertThat(kindOf("[1,{\"x\":[]}]"), is(Kind.ARRAY));
    assertThat(kindOf("{\"x\":1}"), is(Kind.OBJECT));
    assertThat(json.read(bytes("{}"), 0, 2), is(true));
    assertThat(json.kind(1), is(Kind.MISSING));
  }

  @Test
  public void saysThatItIsNotPlain() {
    for (String document :
        List.of(
            "",
            "1",
            "[]",
            "{\"x\":1}{}",
            "{\"x\":1,}",
            "{\"x\":1e3}",
            "{\"x\":" + "1".repeat(41) + "}",
            "{\"x\":\"\\n\"}",
            "{\"\\u0078\":1}",
            "{\"x\":1,\"x\":2}",
            "{\"a\":{\"b\":1},\"a\":{\"b\":2}}",
            "{\"a\":[1]}",
            "{\"y\":" + "[".repeat(61) + "]".repeat(61) + "}",
            "{\"y\":\"\\x\"}",
            "{\"y\":01}",
            "{\"y\":\"\u0001\"}")) {
      assertThat(document, json.read(bytes(document), 0, bytes(document).length), is(false));
    }
    byte[] halfACharacter = bytes("{\"y\":\"é\"}");
    halfACharacter[7] = '"';
    assertThat(json.read(halfACharacter, 0, halfACharacter.length - 1), is(false));
  }

  @Test
  public void skipsWhatIsNotAskedFor() {
    String document =
        "{\"y\":[[],{},[{\"x\":\"\\u00e9\\\\\"}]],\"z\":{\"x\":2,\"x\":{}},\"x\":\"é\",\"y\":1.5}";

    assertThat(json.read(bytes(document), 0, bytes(document).length), is(true));
    assertThat(json.text(1), is("é"));
  }

  @Test
  public void readsAPartOfAnArray() {
    byte[] bytes = bytes("xx{\"x\":\"7\"}yy");

    assertThat(json.read(bytes, 2, bytes.length - 4), is(true));
    assertThat(json.text(1), is("7"));
    assertThat(json.read(bytes, 2, bytes.length - 5), is(false));
  }

  /** Whether the document is plain; then it is the same. */
  private boolean isSame(byte[] document, int seed) {
    byte[] padded = Arrays.copyOfRange(document, 0, document.length + 2);
    if (!json.read(padded, 0, document.length)) {
      return false;
    }
    JsonNode tree = Json.parse(document);
    for (int place = 0; place < PLACES.size(); place++) {
      FieldRef field = PLACES.get(place);
      String why = "seed " + seed + " " + field + " of " + new String(document, UTF_8);
      JsonNode node = tree.at(field.toString());
      assertThat(why, json.kind(place), is(kindOf(node)));
      ByteWriter out = new ByteWriter();
      if (json.writeText(place, out)) {
        ByteReader written = new ByteReader(out.toByteArray());
        assertThat(why, written.readNullableString(), is(Values.text(node, field)));
      } else {
        assertThat(why, node.isContainerNode(), is(true));
      }
      if (node.isNumber()) {
        assertThat(why, Values.number(json.node(place), field), is(Values.number(node, field)));
      }
    }
    return true;
  }

  private static Kind kindOf(JsonNode node) {
    switch (node.getNodeType()) {
      case MISSING:
        return Kind.MISSING;
      case NULL:
        return Kind.NULL;
      case BOOLEAN:
        return node.booleanValue() ? Kind.TRUE : Kind.FALSE;
      case STRING:
        return Kind.TEXT;
      case NUMBER:
        return node.isIntegralNumber() ? Kind.INTEGER : Kind.DECIMAL;
      case ARRAY:
        return Kind.ARRAY;
      default:
        return Kind.OBJECT;
    }
  }

  private Kind kindOf(String value) {
    byte[] document = bytes("{\"y\":0,\"x\":" + value + "}");
    assertThat(value, json.read(document, 0, document.length), is(true));
    return json.kind(1);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
