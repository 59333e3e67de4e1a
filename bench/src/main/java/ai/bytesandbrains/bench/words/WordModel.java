package ai.bytesandbrains.bench.words;

import ai.bytesandbrains.bench.data.Vectors;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.IntConsumer;

/// all-MiniLM-L6-v2 on ONNX Runtime: a text becomes a vector of 384 dimensions and length 1, the
/// mean over its tokens.
///
/// Texts are embedded one at a time: what a quantized model says of a text depends on what else is
/// in its batch. The runtime is called by reflection, because it is fetched when it is first needed
/// and no part of the build. For one thread.
public final class WordModel implements AutoCloseable {
    /// Components of a vector.
    public static final int DIMENSIONS = 384;

    private static final int MAX_TOKENS = 256;

    /// The runtime walks the graph of a model by recursion, which the stack of an ordinary Java
    /// thread is too small for.
    private static final long LOADER_STACK_BYTES = 64L << 20;

    private static final String MODEL = "all-minilm-l6-v2-q.onnx";
    private static final String VOCABULARY = "all-minilm-l6-v2-q-tokenizer.json";

    private final URLClassLoader loader;
    private final WordPiece wordPiece;
    private final Object environment;
    private final AutoCloseable session;
    private final Method createTensor;
    private final Method run;
    private final Method get;
    private final Method value;

    private WordModel(final URLClassLoader loader) throws IOException {
        this.loader = loader;
        try (InputStream in = open(loader, VOCABULARY)) {
            wordPiece = WordPiece.read(in);
        }
        try (InputStream in = open(loader, MODEL)) {
            final Class<?> environmentType = loader.loadClass("ai.onnxruntime.OrtEnvironment");
            final Class<?> sessionType = loader.loadClass("ai.onnxruntime.OrtSession");
            final Class<?> valueType = loader.loadClass("ai.onnxruntime.OnnxValue");
            environment = environmentType.getMethod("getEnvironment").invoke(null);
            session =
                    (AutoCloseable)
                            environmentType
                                    .getMethod("createSession", byte[].class)
                                    .invoke(environment, (Object) in.readAllBytes());
            createTensor =
                    loader.loadClass("ai.onnxruntime.OnnxTensor")
                            .getMethod("createTensor", environmentType, Object.class);
            run = sessionType.getMethod("run", Map.class);
            get = loader.loadClass("ai.onnxruntime.OrtSession$Result").getMethod("get", int.class);
            value = valueType.getMethod("getValue");
        } catch (final ReflectiveOperationException e) {
            throw new IOException("ONNX Runtime: " + reason(e), e);
        }
    }

    /// Loads the model.
    ///
    /// @param jars what holds model and runtime, as [WordJars] fetched it
    /// @return the model; close it
    /// @throws IOException if it cannot be loaded, with what to do about it
    public static WordModel load(final List<Path> jars) throws IOException {
        final URL[] urls = new URL[jars.size()];
        for (int i = 0; i < urls.length; i++) {
            urls[i] = jars.get(i).toUri().toURL();
        }
        final URLClassLoader loader =
                new URLClassLoader("words", urls, ClassLoader.getPlatformClassLoader());
        final FutureTask<WordModel> task = new FutureTask<>(() -> new WordModel(loader));
        try {
            new Thread(null, task, "words-load", LOADER_STACK_BYTES).start();
            return task.get();
        } catch (final ExecutionException e) {
            loader.close();
            throw new IOException(
                    "the model that embeds texts cannot be loaded: %s; delete %s to fetch it anew"
                            .formatted(e.getCause().getMessage(), jars.getFirst().getParent()),
                    e.getCause());
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the model that embeds texts was loaded", e);
        }
    }

    /// Embeds a text. Allocates.
    ///
    /// @param text any text; what is beyond 256 tokens is left out
    /// @return a vector of length 1 that the caller owns
    public float[] embed(final String text) {
        final long[] tokens = wordPiece.encode(text, MAX_TOKENS);
        final long[] ones = new long[tokens.length];
        Arrays.fill(ones, 1);
        final Map<String, Object> inputs = new HashMap<>();
        try {
            inputs.put("input_ids", tensor(tokens));
            inputs.put("attention_mask", tensor(ones));
            inputs.put("token_type_ids", tensor(new long[tokens.length]));
            try (AutoCloseable result = (AutoCloseable) run.invoke(session, inputs)) {
                final float[][][] states = (float[][][]) value.invoke(get.invoke(result, 0));
                return mean(states[0]);
            } finally {
                for (final Object input : inputs.values()) {
                    ((AutoCloseable) input).close();
                }
            }
        } catch (final Exception e) {
            throw new IllegalStateException("cannot embed a text: " + reason(e), e);
        }
    }

    /// Embeds some texts, one after the other.
    ///
    /// @param texts any texts
    /// @param progress hears how many are done
    /// @return a row for each
    public Vectors embed(final List<String> texts, final IntConsumer progress) {
        final float[] rows = new float[texts.size() * DIMENSIONS];
        for (int i = 0; i < texts.size(); i++) {
            System.arraycopy(embed(texts.get(i)), 0, rows, i * DIMENSIONS, DIMENSIONS);
            progress.accept(i + 1);
        }
        return new Vectors(texts.size(), DIMENSIONS, rows);
    }

    private Object tensor(final long[] row) throws ReflectiveOperationException {
        return createTensor.invoke(null, environment, new long[][] {row});
    }

    private static float[] mean(final float[][] states) {
        final double[] sum = new double[DIMENSIONS];
        for (final float[] state : states) {
            for (int d = 0; d < DIMENSIONS; d++) {
                sum[d] += state[d];
            }
        }
        final double length = Math.sqrt(Arrays.stream(sum).map(x -> x * x).sum());
        final float[] unit = new float[DIMENSIONS];
        for (int d = 0; d < DIMENSIONS; d++) {
            unit[d] = (float) (sum[d] / length);
        }
        return unit;
    }

    private static InputStream open(final ClassLoader loader, final String name)
            throws IOException {
        final InputStream in = loader.getResourceAsStream(name);
        if (in == null) {
            throw new IOException(name + " is missing");
        }
        return in;
    }

    private static String reason(final Throwable e) {
        final Throwable cause = e instanceof InvocationTargetException ? e.getCause() : e;
        return String.valueOf(cause);
    }

    @Override
    public void close() throws IOException {
        try {
            session.close();
        } catch (final Exception e) {
            throw new IOException("ONNX Runtime: " + reason(e), e);
        } finally {
            loader.close();
        }
    }
}
