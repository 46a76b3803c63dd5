package dev.leat.io.lake;

import static dev.leat.io.lake.LakeFixture.uri;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.junit.Assert.assertThrows;

import dev.leat.testing.fixtures.CoderContract;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** A staged file and its offsets. */
public final class LiveFileTest {
  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  @Test
  public void keepsTheCoderContract() {
    LakeTable name = LakeTable.parse(uri(folder.getRoot().toPath(), "raw.events"));
    try (LiveFixture live = new LiveFixture(name)) {
      LiveFile events = live.stageEvents(0, 3);

      CoderContract.check(
          LiveFile.LiveFileCoder.of(),
          events,
          live.stageLetters(3, 5),
          live.stageLettersWithoutLineage(2));
      CoderContract.checkDamaged(LiveFile.LiveFileCoder.of(), events);
    }
  }

  @Test
  public void hasAnOffsetForEachRow() {
    LakeTable name = LakeTable.parse(uri(folder.getRoot().toPath(), "raw.events"));
    try (LiveFixture live = new LiveFixture(name)) {
      LiveFile events = live.stageEvents(0, 3);

      IllegalStateException refused =
          assertThrows(
              IllegalStateException.class,
              () -> LiveFile.of(LiveFile.Kind.EVENTS, events.file(), LiveFixture.offsets(0, 2)));

      assertThat(refused.getMessage(), containsString("has 3 rows of 2 offsets"));
    }
  }
}
