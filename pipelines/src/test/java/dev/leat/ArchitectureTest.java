package dev.leat;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchUnitRunner;
import com.tngtech.archunit.lang.ArchRule;
import org.apache.beam.sdk.options.PipelineOptions;
import org.junit.runner.RunWith;

/** Who may know whom. It stands here because pipelines is the one module that sees all others. */
@RunWith(ArchUnitRunner.class)
@AnalyzeClasses(packages = "dev.leat", importOptions = DoNotIncludeTests.class)
public class ArchitectureTest {
  private static final DescribedPredicate<JavaClass> LEAT =
      resideInAPackage("dev.leat..").as("Leat");
  private static final DescribedPredicate<JavaClass> IO =
      resideInAPackage("dev.leat.io..").as("io");
  private static final DescribedPredicate<JavaClass> RUNNERS =
      resideInAPackage("dev.leat.runners..").as("runners");
  private static final DescribedPredicate<JavaClass> PIPELINES =
      resideInAPackage("dev.leat.pipelines..").as("pipelines");
  private static final DescribedPredicate<JavaClass> TESTING =
      resideInAPackage("dev.leat.testing..").as("testing");
  private static final DescribedPredicate<JavaClass> TRANSFORMS =
      LEAT.and(not(IO)).and(not(RUNNERS)).and(not(PIPELINES)).and(not(TESTING)).as("transforms");
  private static final DescribedPredicate<JavaClass> BLOCKS =
      resideInAnyPackage("dev.leat.block..", "dev.leat.bytes..").as("blocks");

  @ArchTest
  static final ArchRule transformsKnowBeamAndNoOutsideSystem =
      noClasses()
          .that(are(TRANSFORMS))
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                  "org.apache.kafka..",
                  "org.apache.beam.sdk.io.kafka..",
                  "org.apache.flink..",
                  "org.apache.hadoop..",
                  "org.apache.iceberg..",
                  "org.apache.parquet..",
                  "java.sql..",
                  "java.net.http..",
                  "okhttp3..",
                  "org.apache.http..",
                  "org.apache.hc.."));

  @ArchTest
  static final ArchRule transformsKnowNoOtherModule =
      noClasses()
          .that(are(TRANSFORMS))
          .should()
          .dependOnClassesThat(are(IO.or(RUNNERS).or(PIPELINES).or(TESTING)));

  @ArchTest
  static final ArchRule connectorsKnowTransformsAndTheSpiOnly =
      noClasses()
          .that(are(IO))
          .should()
          .dependOnClassesThat(are(RUNNERS.or(PIPELINES).or(TESTING)));

  @ArchTest
  static final ArchRule connectorsDoNotKnowEachOther =
      slices()
          .matching("dev.leat.io.(*)..")
          .should()
          .notDependOnEachOther()
          .ignoreDependency(alwaysTrue(), resideInAPackage("dev.leat.io.spi.."));

  @ArchTest
  static final ArchRule runnersKnowNothingElseOfLeat =
      noClasses().that(are(RUNNERS)).should().dependOnClassesThat(are(LEAT.and(not(RUNNERS))));

  @ArchTest
  static final ArchRule runnersDoNotKnowEachOther =
      slices().matching("dev.leat.runners.(*)..").should().notDependOnEachOther();

  @ArchTest
  static final ArchRule onlyRunnersNameARunner =
      noClasses()
          .that(are(LEAT.and(not(RUNNERS)).and(not(TESTING))))
          .should()
          .dependOnClassesThat(
              resideInAnyPackage("org.apache.flink..", "org.apache.beam.runners.."));

  @ArchTest
  static final ArchRule nothingBelowPipelinesAndRunnersReadsOptions =
      noClasses()
          .that(are(TRANSFORMS.or(IO)))
          .should()
          .callMethodWhere(target(owner(assignableTo(PipelineOptions.class))))
          .because("options become typed settings at the edge; Beam may still hand them through");

  @ArchTest
  static final ArchRule nothingBelowPipelinesAndRunnersDeclaresOptions =
      noClasses()
          .that(are(TRANSFORMS.or(IO)))
          .should()
          .dependOnClassesThat(
              are(
                  assignableTo(PipelineOptions.class)
                      .and(not(equivalentTo(PipelineOptions.class)))));

  @ArchTest
  static final ArchRule blocksStayInside =
      classes()
          .that(are(BLOCKS))
          .should()
          .onlyHaveDependentClassesThat(are(TRANSFORMS.or(IO).or(PIPELINES)))
          .because("users, and what is published for their tests, see events and rows");

  @ArchTest
  static final ArchRule fixturesKnowNoOtherModule =
      noClasses()
          .that()
          .resideInAPackage("dev.leat.testing.fixtures..")
          .should()
          .dependOnClassesThat(are(LEAT.and(not(resideInAPackage("dev.leat.testing.fixtures..")))));

  @ArchTest
  static final ArchRule nothingThatRunsKnowsTesting =
      noClasses().that(are(PIPELINES)).should().dependOnClassesThat(are(TESTING));

  /** Blocks of raw records and the parsing that fills them are one thing in two packages. */
  @ArchTest
  static final ArchRule packagesOfTransformsHaveNoCycles =
      slices()
          .matching("dev.leat.(*)..")
          .should()
          .beFreeOfCycles()
          .ignoreDependency(
              resideInAPackage("dev.leat.block.."), resideInAPackage("dev.leat.ingest.."));
}
