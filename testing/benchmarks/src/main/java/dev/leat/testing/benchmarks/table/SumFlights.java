package dev.leat.testing.benchmarks.table;

import dev.leat.testing.benchmarks.flights.Flight;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderRegistry;
import org.apache.beam.sdk.coders.CustomCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.Combine.CombineFn;

/** Beam's way to sum before the shuffle and after. */
final class SumFlights extends CombineFn<Flight, HourlySum, HourlySum> {
  private static final long serialVersionUID = 1L;

  @Override
  public HourlySum createAccumulator() {
    return new HourlySum();
  }

  @Override
  public HourlySum addInput(HourlySum sum, Flight flight) {
    sum.add(flight);
    return sum;
  }

  @Override
  public HourlySum mergeAccumulators(Iterable<HourlySum> sums) {
    HourlySum all = new HourlySum();
    sums.forEach(all::add);
    return all;
  }

  @Override
  public HourlySum extractOutput(HourlySum sum) {
    return sum;
  }

  @Override
  public Coder<HourlySum> getAccumulatorCoder(CoderRegistry registry, Coder<Flight> input) {
    return new SumCoder();
  }

  @Override
  public Coder<HourlySum> getDefaultOutputCoder(CoderRegistry registry, Coder<Flight> input) {
    return new SumCoder();
  }

  private static final class SumCoder extends CustomCoder<HourlySum> {
    private static final long serialVersionUID = 1L;
    private static final VarLongCoder LONG = VarLongCoder.of();

    @Override
    public void encode(HourlySum sum, OutputStream out) throws IOException {
      LONG.encode(sum.flights, out);
      LONG.encode(sum.delay, out);
      LONG.encode(sum.distance, out);
      LONG.encode(sum.worst, out);
    }

    @Override
    public HourlySum decode(InputStream in) throws IOException {
      return new HourlySum(LONG.decode(in), LONG.decode(in), LONG.decode(in), LONG.decode(in));
    }

    @Override
    public void verifyDeterministic() {}
  }
}
