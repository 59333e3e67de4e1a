package ai.bytesandbrains.engine.simd;

import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Lets tests begin only when the vector kernels serve, or else the first seconds of a run would
/// test plain Java. Registered as a service, which takes effect where auto-detection is switched
/// on: in the runs at each vector width, not in the ordinary one, which tests the change-over too.
public final class WarmKernels implements BeforeAllCallback {
    @Override
    public void beforeAll(ExtensionContext context) {
        if (!Kernels.warmUp()) {
            throw new IllegalStateException(Kernels.reason());
        }
    }
}
