package dev.meseta.manager.lifecycle.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meseta.manager.inventory.Vm;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What POST /vms takes and refuses. */
@Tag("unit")
class NewVmBodyTest {

    private static final UUID IMAGE = UUID.randomUUID();

    @Test
    void fills_in_what_was_left_out() {
        var request = body("web-1", 1, 256L).validated();
        assertThat(request.memoryBytes()).isEqualTo(256L << 20);
        assertThat(request.firmware()).isEqualTo(Vm.Firmware.BIOS);
        assertThat(request.start()).isTrue();
        assertThat(request.description()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "-web",
                ".web",
                "a b",
                "a\nb",
                "web-1\n",
                "a'b",
                "a\"b",
                "<b>x</b>",
                "a;reboot",
                "$(id)",
                "ä",
                "../../etc/passwd",
                "a/b",
                "1234567890123456789012345678901234567890123456789012345678901234"
            })
    void refuses_names_that_could_mean_something_else(String name) {
        assertThat(badFields(body(name, 1, 256L))).containsExactly("name");
    }

    @Test
    void tells_every_bad_field_at_once() {
        assertThat(badFields(new NewVmBody(
                        null, "x".repeat(5_000), null, null, 0, 63L, null, null, 0L, "x".repeat(70_000), null, null)))
                .containsExactlyInAnyOrder(
                        "name", "imageId", "vcpus", "memoryMiB", "diskSizeMiB", "description", "userData");
        assertThat(badFields(body("web-1", null, null))).containsExactlyInAnyOrder("vcpus", "memoryMiB");
        assertThat(badFields(body("web-1", 100_000, Long.MAX_VALUE))).containsExactlyInAnyOrder("vcpus", "memoryMiB");
    }

    private static List<String> badFields(NewVmBody body) {
        List<String> fields = new ArrayList<>();
        assertThatThrownBy(body::validated).isInstanceOfSatisfying(MesetaException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.VALIDATION_FAILED);
            e.fieldErrors().forEach(error -> fields.add(error.field()));
        });
        return fields;
    }

    private static NewVmBody body(String name, @Nullable Integer vcpus, @Nullable Long memoryMiB) {
        return new NewVmBody(name, null, null, IMAGE, vcpus, memoryMiB, null, null, null, null, null, null);
    }
}
