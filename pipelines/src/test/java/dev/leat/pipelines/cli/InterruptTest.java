package dev.leat.pipelines.cli;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.Test;
import sun.misc.Signal;

public class InterruptTest {
  @Test
  public void ctrlCAsksForAnEnd() throws Exception {
    for (String signal : new String[] {"INT", "TERM"}) {
      CountDownLatch asked = new CountDownLatch(1);

      try (Interrupt unused = Interrupt.calls(asked::countDown)) {
        Signal.raise(new Signal(signal));

        assertThat(signal, asked.await(60, TimeUnit.SECONDS), is(true));
      }
    }
  }
}
