package dev.meseta.manager.lifecycle.web;

import dev.meseta.manager.inventory.Vm;
import dev.meseta.manager.lifecycle.NewVmRequest;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Body of {@code POST /vms}. */
record NewVmBody(
        @Schema(requiredMode = Schema.RequiredMode.REQUIRED, pattern = FieldChecks.NAME_PATTERN) @Nullable String name,

        @Schema(maxLength = MAX_DESCRIPTION) @Nullable String description,
        @Nullable UUID clusterId,

        @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable UUID imageId,

        @Schema(requiredMode = Schema.RequiredMode.REQUIRED, minimum = "1", maximum = "" + MAX_VCPUS) @Nullable Integer vcpus,

        @Schema(requiredMode = Schema.RequiredMode.REQUIRED, minimum = "" + MIN_MEMORY_MIB, maximum = "" + MAX_MIB)
        @Nullable Long memoryMiB,

        Vm.@Nullable Firmware firmware,
        @Nullable UUID networkId,

        @Schema(description = "Otherwise as large as the image", minimum = "1", maximum = "" + MAX_MIB) @Nullable Long diskSizeMiB,

        @Schema(maxLength = MAX_USER_DATA) @Nullable String userData,
        @Nullable UUID hostId,
        @Schema(defaultValue = "true") @Nullable Boolean start) {

    static final int MAX_VCPUS = 512;
    static final long MIN_MEMORY_MIB = 64;
    /** 1 PiB: far beyond any host, and its bytes still fit a long. */
    static final long MAX_MIB = 1L << 30;

    static final int MAX_DESCRIPTION = 1_000;
    static final int MAX_USER_DATA = 65_536;

    /** @throws dev.meseta.manager.shared.MesetaException VALIDATION_FAILED with every bad field */
    NewVmRequest validated() {
        FieldChecks checks = new FieldChecks();
        String checkedName = checks.name("name", name);
        UUID checkedImage = checks.required("imageId", imageId);
        Integer checkedVcpus = checks.required("vcpus", vcpus);
        Long checkedMemory = checks.required("memoryMiB", memoryMiB);
        checks.range("vcpus", checkedVcpus == null ? null : checkedVcpus.longValue(), 1, MAX_VCPUS);
        checks.range("memoryMiB", checkedMemory, MIN_MEMORY_MIB, MAX_MIB);
        checks.range("diskSizeMiB", diskSizeMiB, 1, MAX_MIB);
        checks.length("description", description, MAX_DESCRIPTION);
        checks.length("userData", userData, MAX_USER_DATA);
        checks.throwIfAny();
        if (checkedName == null || checkedImage == null || checkedVcpus == null || checkedMemory == null) {
            throw new IllegalStateException("a missing field was not reported");
        }
        return new NewVmRequest(
                checkedName,
                description == null ? "" : description,
                clusterId,
                checkedImage,
                checkedVcpus,
                checkedMemory << 20,
                firmware == null ? Vm.Firmware.BIOS : firmware,
                networkId,
                diskSizeMiB == null ? null : diskSizeMiB << 20,
                userData == null ? "" : userData,
                hostId,
                start == null || start);
    }
}
