package ai.bytesandbrains.codecs.sbe;

import java.util.Arrays;
import java.util.Random;

/// Frames that are almost right, quite wrong, or noise.
final class Mutation {

    private static final int[] AWKWARD = {
        0, 1, 2, 3, 7, 8, 63, 64, 65, 127, 128, 255, 256, 32_767, 32_768, 65_534, 65_535
    };

    private final Random random;

    Mutation(Random random) {
        this.random = random;
    }

    byte[] of(byte[] valid) {
        byte[] frame = valid.clone();
        switch (random.nextInt(8)) {
            case 0 -> frame = noise(random.nextInt(400));
            case 1 -> frame = withLength(Arrays.copyOf(frame, random.nextInt(frame.length)));
            case 2 -> frame = withLength(Arrays.copyOf(frame, frame.length + random.nextInt(100)));
            case 3 -> frame = noiseBehindHeader(frame);
            case 4 -> awkwardShort(frame, 0);
            default -> {
                for (int i = random.nextInt(4); i >= 0; i--) {
                    changeBody(frame);
                }
            }
        }
        return frame;
    }

    private void changeBody(byte[] frame) {
        int at = Wire.BODY + random.nextInt(frame.length - Wire.BODY);
        switch (random.nextInt(4)) {
            case 0 -> frame[at] = (byte) random.nextInt();
            case 1 -> frame[at] ^= (byte) (1 << random.nextInt(8));
            case 2 -> frame[at] = (byte) AWKWARD[random.nextInt(AWKWARD.length)];
            default -> awkwardShort(frame, Wire.BODY);
        }
    }

    private void awkwardShort(byte[] frame, int from) {
        int at = from + random.nextInt(Math.min(frame.length, 160) - from - 1);
        Wire.putShort(frame, at, AWKWARD[random.nextInt(AWKWARD.length)]);
    }

    private byte[] noiseBehindHeader(byte[] frame) {
        byte[] noise = noise(Wire.BODY + random.nextInt(400));
        System.arraycopy(frame, 0, noise, 0, Wire.BODY);
        return withLength(noise);
    }

    private byte[] noise(int length) {
        byte[] noise = new byte[length];
        random.nextBytes(noise);
        return noise;
    }

    private static byte[] withLength(byte[] frame) {
        if (frame.length >= Wire.LENGTH + 4) {
            Wire.putInt(frame, Wire.LENGTH, frame.length);
        }
        return frame;
    }
}
