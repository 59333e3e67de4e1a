package ai.bytesandbrains.engine.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.bytesandbrains.engine.Allocation;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.security.GeneralSecurityException;
import java.util.Random;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

class HmacTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 16, 32, 63, 64})
    void shouldAgreeWithTheMacOfTheJdk(int keyBytes) throws GeneralSecurityException {
        Random random = new Random(keyBytes);
        byte[] key = new byte[keyBytes];
        random.nextBytes(key);
        Hmac hmac = new Hmac(key);
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        byte[] result = new byte[Hmac.BYTES];
        for (int length = 0; length < 300; length++) {
            byte[] bytes = new byte[length + 7];
            random.nextBytes(bytes);

            hmac.compute(bytes, 3, length, result);

            mac.update(bytes, 3, length);
            assertThat(result).as("length=%d", length).isEqualTo(mac.doFinal());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 65})
    void shouldRefuseAKeyOfAnotherLength(int keyBytes) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Hmac(new byte[keyBytes]))
                .withMessageContaining("key.length=" + keyBytes);
    }

    @Test
    void shouldAllocateNothing() {
        Hmac hmac = new Hmac(new byte[32]);
        byte[] bytes = new byte[700];
        byte[] result = new byte[Hmac.BYTES];

        Allocation.assertNone(() -> hmac.compute(bytes, 0, bytes.length, result));
    }
}
