package dev.meseta.manager.inventory.internal;

import dev.meseta.manager.inventory.Vms.NewVm;
import dev.meseta.manager.inventory.Vms.VmChange;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.MesetaException.FieldError;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a VM may be called and how large it may be. */
final class VmRules {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");
    private static final int MAX_DESCRIPTION = 1000;
    private static final int MAX_VCPUS = 512;
    private static final long MIN_MEMORY_MIB = 16;
    private static final long MAX_MEMORY_MIB = 16L * 1024 * 1024;
    private static final long MIB = 1024L * 1024;

    private VmRules() {}

    static void check(NewVm vm) {
        check(vm.name(), vm.description(), vm.vcpus(), vm.memoryBytes());
    }

    static void check(VmChange change) {
        check(change.name(), change.description(), change.vcpus(), change.memoryBytes());
    }

    private static void check(
            @Nullable String name, @Nullable String description, @Nullable Integer vcpus, @Nullable Long memoryBytes) {
        List<FieldError> errors = new ArrayList<>();
        if (name != null && !NAME.matcher(name).matches()) {
            errors.add(new FieldError(
                    "name", "must be 1 to 63 letters, digits, dots, dashes or underscores, a letter or digit first"));
        }
        if (description != null && (description.length() > MAX_DESCRIPTION || description.indexOf('\0') >= 0)) {
            errors.add(new FieldError("description", "must have at most %d characters".formatted(MAX_DESCRIPTION)));
        }
        if (vcpus != null && (vcpus < 1 || vcpus > MAX_VCPUS)) {
            errors.add(new FieldError("vcpus", "is %d; must be 1 to %d".formatted(vcpus, MAX_VCPUS)));
        }
        if (memoryBytes != null && (memoryBytes < MIN_MEMORY_MIB * MIB || memoryBytes > MAX_MEMORY_MIB * MIB)) {
            errors.add(new FieldError(
                    "memoryMiB",
                    "is %d; must be %d to %d".formatted(memoryBytes / MIB, MIN_MEMORY_MIB, MAX_MEMORY_MIB)));
        }
        if (!errors.isEmpty()) {
            String detail = String.join(
                    " ",
                    errors.stream()
                            .map(error -> error.field() + " " + error.message() + ".")
                            .toList());
            throw new MesetaException(ErrorCode.VALIDATION_FAILED, detail, errors, null);
        }
    }
}
