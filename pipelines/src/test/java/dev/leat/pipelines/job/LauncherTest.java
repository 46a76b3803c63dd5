package dev.leat.pipelines.job;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.equalTo;

import java.io.PrintWriter;
import java.io.Writer;
import java.util.List;
import org.junit.Test;

public class LauncherTest {
  @Test
  public void goesOnWhereASavepointIsGiven() {
    assertThat(flink("--savepointPath=file:///checkpoints/chk-7").goesOn(), equalTo(true));
    assertThat(flink("--savepointPath=file:///c/chk-7", "--parallelism=2").goesOn(), equalTo(true));
    assertThat(flink("--parallelism=2").goesOn(), equalTo(false));
  }

  private static Launcher flink(String... arguments) {
    Progress nobodyWatches = new Progress(new PrintWriter(Writer.nullWriter()), false, "Running");
    return Launcher.of("FlinkRunner", List.of(arguments), nobodyWatches);
  }
}
