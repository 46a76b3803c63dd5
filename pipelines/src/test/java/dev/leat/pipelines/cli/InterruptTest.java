package dev.leat.pipelines.cli;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.Assume.assumeFalse;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.Test;
import sun.misc.Signal;
import sun.misc.SignalHandler;

public class InterruptTest {
  @Test
  public void ctrlCAsksForAnEnd() throws Exception {
    for (String signal : new String[] {"TERM", "INT"}) {
      assumeFalse(signal + " is ignored, as in a shell's background job", isIgnored(signal));
      CountDownLatch asked = new CountDownLatch(1);

      try (Interrupt unused = Interrupt.calls(asked::countDown)) {
        Signal.raise(new Signal(signal));

        assertThat(signal, asked.await(60, TimeUnit.SECONDS), is(true));
      }
    }
  }

  private static boolean isIgnored(String name) {
    Signal signal = new Signal(name);
    SignalHandler before = Signal.handle(signal, SignalHandler.SIG_DFL);
    Signal.handle(signal, before);
    return before == SignalHandler.SIG_IGN;
  }
}
