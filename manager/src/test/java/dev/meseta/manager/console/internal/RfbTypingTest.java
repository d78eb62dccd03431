package dev.meseta.manager.console.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RfbTypingTest {

    private static final byte[] UPDATE_REQUEST = bytes(3, 1, 0, 0, 0, 0, 4, 0, 3, 0);
    private static final byte[] KEY = bytes(4, 1, 0, 0, 0, 0, 0, 0x61);
    private static final byte[] POINTER = bytes(5, 1, 0, 10, 0, 10);

    @Test
    void what_a_viewer_sends_to_begin_is_nobody_s_typing() {
        assertThat(begun(new RfbTyping())).isFalse();
    }

    @Test
    void a_viewer_that_only_asks_for_pictures_is_not_typing() {
        RfbTyping typing = begunTyping();
        for (int request = 0; request < 1000; request++) {
            assertThat(typing.isByAPerson(UPDATE_REQUEST)).isFalse();
        }
    }

    @Test
    void keys_the_pointer_and_the_clipboard_are_a_person_s() {
        RfbTyping typing = begunTyping();
        assertThat(typing.isByAPerson(KEY)).isTrue();
        assertThat(typing.isByAPerson(UPDATE_REQUEST)).isFalse();
        assertThat(typing.isByAPerson(POINTER)).isTrue();
        assertThat(typing.isByAPerson(bytes(255, 0, 0, 1, 0, 0, 0, 0x61, 0, 0, 0, 0x1e)))
                .isTrue();
        assertThat(typing.isByAPerson(bytes(6, 0, 0, 0, 0, 0, 0, 3, 'a', 4, 5))).isTrue();
        assertThat(typing.isByAPerson(bytes(6, 0, 0, 0, 0xff, 0xff, 0xff, 0xfc, 1, 2, 3, 4)))
                .isTrue();
        assertThat(typing.isByAPerson(UPDATE_REQUEST)).isFalse();
    }

    @Test
    void extensions_of_viewers_are_known() {
        RfbTyping typing = begunTyping();
        assertThat(typing.isByAPerson(bytes(150, 1, 0, 0, 0, 0, 4, 0, 3, 0))).isFalse();
        assertThat(typing.isByAPerson(bytes(248, 0, 0, 0, 0, 0, 0, 1, 3, 4, 5, 6)))
                .isFalse();
        assertThat(typing.isByAPerson(with(bytes(251, 0, 4, 0, 3, 0, 1, 0), new byte[16])))
                .isFalse();
        assertThat(typing.isByAPerson(bytes(255, 1, 0, 1))).isFalse();
        assertThat(typing.isByAPerson(bytes(255, 1, 0, 2, 3, 2, 0, 0, 0xac, 0x44)))
                .isFalse();
        assertThat(typing.isByAPerson(UPDATE_REQUEST)).isFalse();
        assertThat(typing.isByAPerson(KEY)).isTrue();
    }

    @Test
    void what_is_not_known_counts_as_typing_for_good() {
        RfbTyping typing = begunTyping();
        assertThat(typing.isByAPerson(bytes(77))).isTrue();
        assertThat(typing.isByAPerson(UPDATE_REQUEST)).isTrue();
    }

    @Test
    void older_versions_and_passwords_are_understood() {
        RfbTyping old = new RfbTyping();
        assertThat(old.isByAPerson(with(ascii("RFB 003.003\n"), bytes(1), UPDATE_REQUEST)))
                .isFalse();
        assertThat(old.isByAPerson(KEY)).isTrue();
        RfbTyping secured = new RfbTyping();
        assertThat(secured.isByAPerson(with(ascii("RFB 003.008\n"), bytes(2), filled(16, 4), bytes(1), UPDATE_REQUEST)))
                .isFalse();
        assertThat(secured.isByAPerson(KEY)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 20_261_127})
    void however_the_bytes_are_cut_the_same_is_found(long seed) {
        Random random = new Random(seed);
        List<byte[]> messages = new ArrayList<>();
        int typed = 0;
        for (int message = 0; message < 300; message++) {
            switch (random.nextInt(4)) {
                case 0 -> {
                    messages.add(KEY);
                    typed++;
                }
                case 1 -> messages.add(bytes(2, 0, 0, 2, 0, 0, 0, 7, 0, 0, 0, 4));
                case 2 -> messages.add(with(bytes(0, 0, 0, 0), filled(16, 5)));
                default -> messages.add(UPDATE_REQUEST);
            }
        }
        byte[] all = with(messages.toArray(byte[][]::new));
        RfbTyping typing = begunTyping();
        int found = 0;
        for (byte each : all) {
            found += typing.isByAPerson(new byte[] {each}) ? 1 : 0;
        }
        assertThat(found).as("seed %d", seed).isEqualTo(typed);
    }

    private static RfbTyping begunTyping() {
        RfbTyping typing = new RfbTyping();
        boolean unused = begun(typing);
        return typing;
    }

    private static boolean begun(RfbTyping typing) {
        return typing.isByAPerson(
                with(ascii("RFB 003.008\n"), bytes(1), bytes(1), with(bytes(0, 0, 0, 0), new byte[16])));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] filled(int length, int value) {
        byte[] bytes = new byte[length];
        java.util.Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int at = 0; at < values.length; at++) {
            bytes[at] = (byte) values[at];
        }
        return bytes;
    }

    private static byte[] with(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
