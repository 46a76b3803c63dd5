package dev.leat.block;

import dev.leat.event.Event;
import dev.leat.event.Payload;
import dev.leat.testing.fixtures.CoderContract;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.Test;

public class EventBlockCoderContractTest {
  @Test
  public void keepsContract() {
    CoderContract.check(
        EventBlockCoder.of(),
        EventBlock.of(List.of()),
        EventBlock.of(List.of(event(0))),
        EventBlock.of(List.of(event(1), event(-2))),
        EventBlock.of(List.of(event(-2), event(1))),
        EventBlock.of(IntStream.range(0, EventBlock.MAX_RECORDS).mapToObj(this::event).toList()));
  }

  @Test
  public void refusesDamage() {
    CoderContract.checkDamaged(EventBlockCoder.of(), EventBlock.of(List.of(event(1), event(-2))));
  }

  private Event event(int number) {
    return Event.builder()
        .id("id " + number)
        .source("source")
        .type("type")
        .time(Instant.ofEpochMilli(number))
        .data(Payload.utf8("{\"number\":" + number + "}"))
        .build();
  }
}
