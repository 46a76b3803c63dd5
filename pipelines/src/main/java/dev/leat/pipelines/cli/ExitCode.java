package dev.leat.pipelines.cli;

/** How a command ended, for scripts and schedulers. */
final class ExitCode {
  static final int DONE = 0;
  static final int BAD_USAGE = 2;
  static final int REFUSED = 3;
  static final int UNREACHABLE = 4;
  static final int JOB_FAILED = 5;
  static final int NOTHING_TO_DO = 20;

  private ExitCode() {}
}
