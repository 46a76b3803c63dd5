package dev.leat.block;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CustomCoder;
import org.apache.beam.sdk.coders.ListCoder;
import org.apache.beam.sdk.coders.RowCoder;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.values.Row;

/** Encodes a {@link RowBlock} of one schema. */
public final class RowBlockCoder extends CustomCoder<RowBlock> {
  private static final long serialVersionUID = 1L;

  private final Schema schema;
  private final ListCoder<Row> rows;

  private RowBlockCoder(Schema schema) {
    this.schema = schema;
    this.rows = ListCoder.of(RowCoder.of(schema));
  }

  public static RowBlockCoder of(Schema schema) {
    return new RowBlockCoder(schema);
  }

  /** The schema of every row. */
  public Schema schema() {
    return schema;
  }

  @Override
  public void encode(RowBlock block, OutputStream out) throws IOException {
    rows.encode(block.rows(), out);
  }

  @Override
  public RowBlock decode(InputStream in) throws IOException {
    return RowBlock.of(rows.decode(in));
  }

  @Override
  public void verifyDeterministic() throws Coder.NonDeterministicException {
    verifyDeterministic(this, "rows must be deterministic", List.of(RowCoder.of(schema)));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RowBlockCoder && schema.equals(((RowBlockCoder) other).schema);
  }

  @Override
  public int hashCode() {
    return schema.hashCode();
  }
}
