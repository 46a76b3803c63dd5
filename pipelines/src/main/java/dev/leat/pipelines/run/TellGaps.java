package dev.leat.pipelines.run;

import dev.leat.dedup.SequenceGap;
import dev.leat.health.Counters;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.metrics.StringSet;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Values;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollection.IsBounded;
import org.apache.beam.sdk.values.PDone;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says which numbers of producers are missing, a line for each producer, for at most {@value
 * #MOST_SOURCES} of them: at the end of a bounded run as {@link Counters#TOLD}, live in the log.
 */
final class TellGaps extends PTransform<PCollection<SequenceGap>, PDone> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(TellGaps.class);

  static final int MOST_SOURCES = 5;
  private static final int MOST_GAPS = 5;
  private static final int LONGEST_NAME = 100;

  @Override
  public PDone expand(PCollection<SequenceGap> gaps) {
    boolean live = gaps.isBounded() == IsBounded.UNBOUNDED;
    PCollection<SequenceGap> together =
        live
            ? gaps
            : gaps.apply("All", WithKeys.of(0))
                .apply("Bring together", GroupByKey.create())
                .apply("Groups", Values.create())
                .apply("Each", Flatten.iterables());
    together.apply("Tell", ParDo.of(live ? new Log() : new ToTheSummary()));
    return PDone.in(gaps.getPipeline());
  }

  /** What was reported together. */
  static final class Report {
    private final Map<String, List<SequenceGap>> bySource = new TreeMap<>();
    private final Map<String, Integer> counts = new TreeMap<>();

    void add(SequenceGap gap) {
      counts.merge(gap.source(), 1, Integer::sum);
      List<SequenceGap> first = bySource.computeIfAbsent(gap.source(), it -> new ArrayList<>());
      if (first.size() < MOST_GAPS) {
        first.add(gap);
      }
    }

    /** In the order of the producers' names. */
    List<String> lines() {
      List<String> lines = new ArrayList<>();
      bySource.forEach(
          (source, gaps) -> {
            if (lines.size() < MOST_SOURCES) {
              lines.add(line(source, gaps));
            }
          });
      if (bySource.size() > MOST_SOURCES) {
        lines.add("gaps: of " + (bySource.size() - MOST_SOURCES) + " more sources");
      }
      return lines;
    }

    private String line(String source, List<SequenceGap> first) {
      List<String> numbers = new ArrayList<>();
      for (SequenceGap gap : first) {
        numbers.add(gap.first() + (gap.first() == gap.last() ? "" : " to " + gap.last()));
      }
      int more = counts.getOrDefault(source, 0) - first.size();
      return "gaps: of '%s' there are no numbers %s%s"
          .formatted(
              printable(source),
              String.join(", ", numbers),
              more == 0 ? "" : ", and " + more + " more gaps");
    }

    /** A name from outside must not steer a terminal. */
    private static String printable(String source) {
      String safe = source.replaceAll("\\p{Cntrl}", "?");
      return safe.length() <= LONGEST_NAME ? safe : safe.substring(0, LONGEST_NAME) + "…";
    }
  }

  private abstract static class Tell extends DoFn<SequenceGap, Void> {
    private static final long serialVersionUID = 1L;

    private transient @Nullable Report report;

    abstract void tell(String line);

    @ProcessElement
    public void process(@Element SequenceGap gap) {
      Report current = report;
      if (current == null) {
        current = new Report();
        report = current;
      }
      current.add(gap);
    }

    @FinishBundle
    public void finish() {
      Report current = report;
      report = null;
      if (current != null) {
        current.lines().forEach(this::tell);
      }
    }
  }

  private static final class Log extends Tell {
    private static final long serialVersionUID = 1L;

    @Override
    void tell(String line) {
      LOG.warn("{}", line);
    }
  }

  private static final class ToTheSummary extends Tell {
    private static final long serialVersionUID = 1L;
    private static final StringSet TOLD = Metrics.stringSet(Counters.NAMESPACE, Counters.TOLD);

    @Override
    void tell(String line) {
      TOLD.add(line);
    }
  }
}
