package dev.leat.pipelines.folder;

import dev.leat.io.lake.LakeTable;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.UnreachableException;
import dev.leat.io.spi.UsageException;
import dev.leat.pipelines.run.RunJob;
import dev.leat.pipelines.workflow.Workflow;
import dev.leat.pipelines.workflow.WorkflowParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The workflows of a folder, each after the one whose table it reads; others in the order of their
 * names. Each reads one table of the lake and writes another.
 */
public final class WorkflowFolder {
  private final List<Member> members;

  private WorkflowFolder(List<Member> members) {
    this.members = List.copyOf(members);
  }

  /**
   * A workflow of the folder.
   *
   * @param file its name in the folder
   * @param source the table that it reads
   * @param upstream the file of the workflow whose table, or whose dead letters, it reads; empty if
   *     that is none of the folder
   */
  public record Member(
      String file, Workflow workflow, RunJob job, ConnectorUri source, Optional<String> upstream) {}

  /** A workflow with the tables that it reads and writes. */
  private record Linked(
      String file, Workflow workflow, RunJob job, ConnectorUri source, Set<LakeTable> writes) {}

  /**
   * Reads all {@code *.yaml} and {@code *.yml} of a folder, but not those below it, nor hidden
   * ones.
   *
   * @throws UsageException with all that is wrong: with a workflow, with where it reads or writes,
   *     two that write one table, and those that have no order
   * @throws UnreachableException if the folder cannot be read
   */
  public static WorkflowFolder read(Path folder) {
    List<String> problems = new ArrayList<>();
    List<Linked> linked = new ArrayList<>();
    for (Path file : files(folder)) {
      try {
        linked.add(link(file));
      } catch (UsageException e) {
        problems.addAll(e.problems());
      } catch (UnreachableException e) {
        problems.add(String.valueOf(e.getMessage()));
      }
    }
    Map<LakeTable, String> writers = new HashMap<>();
    for (Linked each : linked) {
      for (LakeTable table : each.writes()) {
        String other = writers.putIfAbsent(table, each.file());
        if (other != null) {
          problems.add(
              "%s, %s: both write %s; expected one workflow for each table"
                  .formatted(other, each.file(), table));
        }
      }
    }
    List<Member> members =
        linked.stream()
            .map(
                each ->
                    new Member(
                        each.file(),
                        each.workflow(),
                        each.job(),
                        each.source(),
                        Optional.ofNullable(writers.get(LakeTable.parse(each.source())))))
            .toList();
    List<Member> ordered = ordered(members, problems);
    if (!problems.isEmpty()) {
      throw new UsageException(problems);
    }
    return new WorkflowFolder(ordered);
  }

  /** In the order in which they are to run. */
  public List<Member> members() {
    return members;
  }

  private static List<Path> files(Path folder) {
    try (Stream<Path> all = Files.list(folder)) {
      List<Path> files =
          all.filter(file -> file.getFileName().toString().matches("[^.].*\\.ya?ml"))
              .filter(file -> !Files.isDirectory(file))
              .sorted()
              .toList();
      if (files.isEmpty()) {
        throw new UsageException(folder + ": expected workflows, *.yaml or *.yml, there are none");
      }
      return files;
    } catch (IOException e) {
      throw new UnreachableException(folder + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static Linked link(Path file) {
    Workflow workflow = WorkflowParser.parse(file);
    List<String> problems = new ArrayList<>();
    table(file, "source", "lake:///warehouse/raw.events", workflow.source(), problems);
    Optional<LakeTable> table =
        table(file, "sink", "lake:///warehouse/table", workflow.sink(), problems);
    if (!problems.isEmpty()) {
      throw new UsageException(problems);
    }
    ConnectorUri source = workflow.source().orElseThrow();
    ConnectorUri sink = workflow.sink().orElseThrow();
    Set<LakeTable> writes = new LinkedHashSet<>(List.of(table.orElseThrow()));
    RunJob.besideOf(sink, "dead_letters").map(LakeTable::parse).ifPresent(writes::add);
    return new Linked(
        String.valueOf(file.getFileName()),
        workflow,
        RunJob.of(workflow, source, sink),
        source,
        writes);
  }

  private static Optional<LakeTable> table(
      Path file, String key, String example, Optional<ConnectorUri> uri, List<String> problems) {
    String expected = "expected a table of the lake, such as " + key + ": " + example;
    if (uri.isEmpty()) {
      problems.add(file + ": '" + key + "' is missing; " + expected);
      return Optional.empty();
    }
    if (!uri.get().scheme().equals("lake")) {
      problems.add(file + ": " + key + ": " + expected + ", got '" + uri.get() + "'");
      return Optional.empty();
    }
    try {
      return Optional.of(LakeTable.parse(uri.get()));
    } catch (UsageException e) {
      e.problems().forEach(problem -> problems.add(file + ": " + key + ": " + problem));
      return Optional.empty();
    }
  }

  /** Each reads one table, so that what it stands on is a line, or ends in a circle. */
  private static List<Member> ordered(List<Member> members, List<String> problems) {
    Map<String, Member> byFile =
        members.stream().collect(Collectors.toMap(Member::file, each -> each));
    Set<Member> ordered = new LinkedHashSet<>();
    Set<Member> inCircles = new LinkedHashSet<>();
    for (Member member : members) {
      List<Member> line = new ArrayList<>();
      Optional<Member> next = Optional.of(member);
      while (next.isPresent() && !ordered.contains(next.get()) && !line.contains(next.get())) {
        line.add(0, next.get());
        next = next.get().upstream().map(byFile::get);
      }
      Optional<Member> met = next.filter(line::contains);
      if (met.isPresent()) {
        List<Member> circle = line.subList(0, line.indexOf(met.get()) + 1);
        if (inCircles.addAll(circle)) {
          problems.add(told(circle));
        }
      } else {
        ordered.addAll(line);
      }
    }
    return List.copyOf(ordered);
  }

  private static String told(List<Member> circle) {
    if (circle.size() == 1) {
      return circle.get(0).file() + ": reads the table that it writes; expected another one";
    }
    List<String> files = new ArrayList<>(circle.stream().map(Member::file).toList());
    files.add(files.get(0));
    return String.join(" → ", files)
        + ": expected an order, and each of these reads the table that the one before writes";
  }
}
