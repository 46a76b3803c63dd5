package dev.leat.testing.benchmarks.compare;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.is;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

public class ChartTest {
  private static final Run RUN =
      Measured.run(List.of(Measured.LEAT, Measured.RIGHT, Measured.WRONG, Measured.FAILED));

  @Test
  public void saysWhatIsDrawn() throws Exception {
    Document chart = parse(Chart.of(RUN));

    assertThat(
        texts(chart),
        contains(
            "W9: nothing & more",
            "0",
            "50k",
            "100k",
            "150k",
            "200k",
            "events a second beyond start-up (more is better)",
            "Leat",
            "100,000",
            "DuckDB",
            "200,000",
            "stock Beam",
            "wrong (52,000 rows differ)",
            "native Flink",
            "failed (out of memory)"));
  }

  @Test
  public void barsAreAsLongAsRatesAndWrongOnesHollow() throws Exception {
    Document chart = parse(Chart.of(RUN));

    List<String> bars = new ArrayList<>();
    for (Element bar : elements(chart, "rect")) {
      bars.add(bar.getAttribute("class") + " " + bar.getAttribute("width"));
    }
    assertThat(bars, contains("leat 180.0", "peer 360.0", "wrong 9.0"));
  }

  @Test
  public void saysThatStartUpIsNotToldApart() throws Exception {
    Run whole =
        Measured.run(List.of(Measured.result("leat", "Leat", List.of(), Measured.done(10.1))));

    assertThat(
        texts(parse(Chart.of(whole))), hasItem("events a second of whole runs (more is better)"));
  }

  @Test
  public void marksDoNotRunIntoEachOther() {
    assertThat(Numbers.mark(0), is("0"));
    assertThat(Numbers.mark(5_000), is("5,000"));
    assertThat(Numbers.mark(250_000), is("250k"));
    assertThat(Numbers.mark(2_500_000), is("2.5M"));
    assertThat(Numbers.mark(50_000_000), is("50M"));
  }

  @Test
  public void linesAreAtRoundDistances() {
    assertThat(Chart.tick(1_130_000), is(200_000.0));
    assertThat(Chart.tick(200_000), is(50_000.0));
    assertThat(Chart.tick(390_000), is(100_000.0));
    assertThat(Chart.tick(980), is(200.0));
  }

  private static Document parse(String svg) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
  }

  private static List<String> texts(Document chart) {
    return elements(chart, "text").stream().map(Element::getTextContent).toList();
  }

  private static List<Element> elements(Document chart, String name) {
    NodeList nodes = chart.getElementsByTagName(name);
    List<Element> elements = new ArrayList<>();
    for (int i = 0; i < nodes.getLength(); i++) {
      elements.add((Element) nodes.item(i));
    }
    return elements;
  }
}
