package dev.leat.block;

import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteWriter;
import dev.leat.bytes.Framed;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.coders.CustomCoder;
import org.apache.beam.sdk.coders.ListCoder;
import org.apache.beam.sdk.coders.RowCoder;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.values.Row;

/** Encodes a {@link RowBlock} of one schema, by {@link RowCodec} where that can. */
public final class RowBlockCoder extends CustomCoder<RowBlock> {
  private static final long serialVersionUID = 1L;

  private final Schema schema;
  private final ListCoder<Row> rows;
  private final boolean plain;

  private RowBlockCoder(Schema schema) {
    this.schema = schema;
    this.rows = ListCoder.of(RowCoder.of(schema));
    this.plain = RowCodec.fits(schema);
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
    if (!plain) {
      rows.encode(block.rows(), out);
      return;
    }
    ByteWriter bytes = new ByteWriter(64 * block.rows().size() + 8);
    bytes.writeVarint(block.rows().size());
    for (Row row : block.rows()) {
      RowCodec.write(row, bytes);
    }
    Framed.write(bytes, out);
  }

  @Override
  public RowBlock decode(InputStream in) throws IOException {
    if (!plain) {
      return RowBlock.of(rows.decode(in));
    }
    ByteReader bytes = Framed.read(in, "rows");
    try {
      long count = bytes.readVarint();
      List<Row> decoded = new ArrayList<>();
      for (long i = 0; i < count; i++) {
        decoded.add(RowCodec.read(schema, bytes));
      }
      return RowBlock.of(decoded);
    } catch (RuntimeException e) {
      throw new CoderException("cannot decode rows", e);
    }
  }

  @Override
  public void verifyDeterministic() throws Coder.NonDeterministicException {
    if (!plain) {
      verifyDeterministic(this, "rows must be deterministic", List.of(RowCoder.of(schema)));
    }
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
