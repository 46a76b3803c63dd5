package dev.leat.event;

import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.leat.testing.fixtures.CoderContract;
import java.math.BigDecimal;
import java.time.Instant;
import org.junit.Test;

public class EventCoderContractTest {
  private static final Event PLAIN =
      Event.builder()
          .id("1")
          .source("files")
          .type("edit")
          .time(Instant.parse("2015-09-12T13:00:00.123456789Z"))
          .build();

  private static final Event FULL =
      PLAIN.toBuilder()
          .subject("page")
          .tenant("en")
          .sequence(42L)
          .schema(SchemaRef.of("edits", 3))
          .contentType("text/csv")
          .data(Payload.utf8("Mühle,水,\u0000"))
          .ingest(Lineage.of(Instant.ofEpochMilli(5), "file:///a.csv", 7, 1L << 40))
          .derived("big", BooleanNode.TRUE)
          .build();

  @Test
  public void keepsContractInEachField() {
    CoderContract.check(
        EventCoder.of(),
        PLAIN,
        FULL,
        FULL.toBuilder().id("").build(),
        FULL.toBuilder().source("").build(),
        FULL.toBuilder().type("").build(),
        FULL.toBuilder().subject(null).build(),
        FULL.toBuilder().subject("").build(),
        FULL.toBuilder().tenant("../../etc\u0000").build(),
        FULL.toBuilder().sequence(null).build(),
        FULL.toBuilder().sequence(0L).build(),
        FULL.toBuilder().sequence(Long.MIN_VALUE).build(),
        FULL.toBuilder().schema(null).build(),
        FULL.toBuilder().schema(SchemaRef.of("edits", Integer.MAX_VALUE)).build(),
        FULL.toBuilder().contentType("").build(),
        FULL.toBuilder().data(Payload.empty()).build(),
        FULL.toBuilder().data(Payload.of(new byte[] {(byte) 0xFF, (byte) 0xFE, 0})).build(),
        FULL.toBuilder().data(Payload.of(new byte[100_000])).build());
  }

  @Test
  public void keepsContractAtEndsOfTime() {
    CoderContract.check(
        EventCoder.of(),
        PLAIN.toBuilder().time(Instant.MIN).build(),
        PLAIN.toBuilder().time(Instant.EPOCH.minusNanos(1)).build(),
        PLAIN.toBuilder().time(Instant.EPOCH).build(),
        PLAIN.toBuilder().time(Instant.MAX).build());
  }

  @Test
  public void keepsContractInLineage() {
    CoderContract.check(
        EventCoder.of(),
        PLAIN.toBuilder().ingest(Lineage.of(Instant.EPOCH, "", 0, 0)).build(),
        PLAIN.toBuilder().ingest(Lineage.of(Instant.EPOCH, "", -1, 0)).build(),
        PLAIN.toBuilder().ingest(Lineage.of(Instant.EPOCH, "", 0, -1)).build(),
        PLAIN.toBuilder()
            .ingest(Lineage.of(Instant.MAX, "水", Integer.MAX_VALUE, Long.MAX_VALUE))
            .build());
  }

  @Test
  public void keepsContractInDerivedFields() {
    CoderContract.check(
        EventCoder.of(),
        PLAIN.toBuilder().derived("a", NullNode.instance).build(),
        PLAIN.toBuilder().derived("a", TextNode.valueOf("1")).build(),
        PLAIN.toBuilder().derived("a", IntNode.valueOf(1)).build(),
        PLAIN.toBuilder().derived("a", LongNode.valueOf(1L << 40)).build(),
        PLAIN.toBuilder().derived("a", DecimalNode.valueOf(new BigDecimal("1.25"))).build(),
        PLAIN.toBuilder().derived("a", DecimalNode.valueOf(new BigDecimal("1E+30"))).build(),
        PLAIN.toBuilder()
            .derived("a", IntNode.valueOf(1))
            .derived("b", TextNode.valueOf(""))
            .build(),
        PLAIN.toBuilder()
            .derived("b", TextNode.valueOf(""))
            .derived("a", IntNode.valueOf(1))
            .build(),
        PLAIN.toBuilder().derived("a", Json.parse("{\"y\": [1, {}], \"x\": null}")).build());
  }

  @Test
  public void keepsContractInDerivedNumbersOfAnyType() {
    CoderContract.check(
        EventCoder.of(),
        PLAIN.toBuilder().derived("a", LongNode.valueOf(1)).build(),
        PLAIN.toBuilder().derived("a", DecimalNode.valueOf(new BigDecimal("1.0"))).build(),
        PLAIN.toBuilder().derived("a", DecimalNode.valueOf(new BigDecimal("100.0"))).build(),
        PLAIN.toBuilder().derived("a", DoubleNode.valueOf(1.5)).build(),
        PLAIN.toBuilder().derived("a", Json.parse("[2.0, 3.10]")).build());
  }

  @Test
  public void refusesDamage() {
    CoderContract.checkDamaged(EventCoder.of(), PLAIN, FULL);
  }
}
