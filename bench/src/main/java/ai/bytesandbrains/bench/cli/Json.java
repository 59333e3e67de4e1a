package ai.bytesandbrains.bench.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;

import java.io.IOException;
import java.io.Serial;
import java.math.BigDecimal;

/// JSON as the measurements read it: plain numbers (no exponent), null instead of what is not a
/// number, and ASCII only, so that the terminal's encoding does not matter.
final class Json {
    private static final JsonMapper MAPPER =
            JsonMapper.builder()
                    .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
                    .addModule(new SimpleModule().addSerializer(Double.class, new PlainNumber()))
                    .build();

    private Json() {}

    /// One line of JSON.
    static String line(final Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (final JsonProcessingException e) {
            throw new IllegalStateException("cannot be written as JSON: " + value, e);
        }
    }

    private static final class PlainNumber extends StdSerializer<Double> {
        @Serial private static final long serialVersionUID = 1L;

        PlainNumber() {
            super(Double.class);
        }

        @Override
        public void serialize(
                final Double value, final JsonGenerator json, final SerializerProvider provider)
                throws IOException {
            if (Double.isFinite(value)) {
                json.writeNumber(BigDecimal.valueOf(value).toPlainString());
            } else {
                json.writeNull();
            }
        }
    }
}
