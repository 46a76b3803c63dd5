package dev.leat.io.lake;

import java.util.Map;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;

/** What a table is created as. */
record TableDefinition(Schema schema, PartitionSpec spec, Map<String, String> properties) {}
