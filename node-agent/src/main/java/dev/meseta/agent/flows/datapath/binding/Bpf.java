package dev.meseta.agent.flows.datapath.binding;

import static dev.meseta.agent.flows.datapath.binding.Library.INT;
import static dev.meseta.agent.flows.datapath.binding.Library.LONG;
import static dev.meseta.agent.flows.datapath.binding.Library.POINTER;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/** The loaded library: functions as in {@code bpf.h} and {@code libbpf.h}, and what every call needs, error checks. */
final class Bpf {

    private static final int TEXT_SIZE = 128;

    private static @Nullable Bpf loaded;

    final MethodHandle objectOpenMem;
    final MethodHandle objectLoad;
    final MethodHandle objectClose;
    final MethodHandle objectFindMap;
    final MethodHandle objectFindProgram;
    final MethodHandle mapSetMaxEntries;
    final MethodHandle mapSetPinPath;
    final MethodHandle programPin;
    final MethodHandle objGet;
    final MethodHandle objGetInfo;
    final MethodHandle lookup;
    final MethodHandle lookupAndDelete;
    final MethodHandle lookupBatch;
    final MethodHandle update;
    final MethodHandle updateBatch;
    final MethodHandle delete;
    final MethodHandle nextKey;
    final MethodHandle hookCreate;
    final MethodHandle attach;
    final MethodHandle query;
    private final MethodHandle possibleCpus;
    private final MethodHandle errorText;

    private Bpf() {
        Library library = new Library();
        objectOpenMem = library.functionWithErrno(
                "bpf_object__open_mem", FunctionDescriptor.of(POINTER, POINTER, LONG, POINTER));
        objectLoad = library.function("bpf_object__load", FunctionDescriptor.of(INT, POINTER));
        objectClose = library.function("bpf_object__close", FunctionDescriptor.ofVoid(POINTER));
        objectFindMap = library.functionWithErrno(
                "bpf_object__find_map_by_name", FunctionDescriptor.of(POINTER, POINTER, POINTER));
        objectFindProgram = library.functionWithErrno(
                "bpf_object__find_program_by_name", FunctionDescriptor.of(POINTER, POINTER, POINTER));
        mapSetMaxEntries = library.function("bpf_map__set_max_entries", FunctionDescriptor.of(INT, POINTER, INT));
        mapSetPinPath = library.function("bpf_map__set_pin_path", FunctionDescriptor.of(INT, POINTER, POINTER));
        programPin = library.function("bpf_program__pin", FunctionDescriptor.of(INT, POINTER, POINTER));
        objGet = library.function("bpf_obj_get", FunctionDescriptor.of(INT, POINTER));
        objGetInfo = library.function("bpf_obj_get_info_by_fd", FunctionDescriptor.of(INT, INT, POINTER, POINTER));
        lookup = library.function("bpf_map_lookup_elem", FunctionDescriptor.of(INT, INT, POINTER, POINTER));
        lookupAndDelete =
                library.function("bpf_map_lookup_and_delete_elem", FunctionDescriptor.of(INT, INT, POINTER, POINTER));
        lookupBatch = library.function(
                "bpf_map_lookup_batch",
                FunctionDescriptor.of(INT, INT, POINTER, POINTER, POINTER, POINTER, POINTER, POINTER));
        update = library.function("bpf_map_update_elem", FunctionDescriptor.of(INT, INT, POINTER, POINTER, LONG));
        updateBatch = library.function(
                "bpf_map_update_batch", FunctionDescriptor.of(INT, INT, POINTER, POINTER, POINTER, POINTER));
        delete = library.function("bpf_map_delete_elem", FunctionDescriptor.of(INT, INT, POINTER));
        nextKey = library.function("bpf_map_get_next_key", FunctionDescriptor.of(INT, INT, POINTER, POINTER));
        hookCreate = library.function("bpf_tc_hook_create", FunctionDescriptor.of(INT, POINTER));
        attach = library.function("bpf_tc_attach", FunctionDescriptor.of(INT, POINTER, POINTER));
        query = library.function("bpf_tc_query", FunctionDescriptor.of(INT, POINTER, POINTER));
        possibleCpus = library.function("libbpf_num_possible_cpus", FunctionDescriptor.of(INT));
        errorText = library.function("libbpf_strerror", FunctionDescriptor.of(INT, INT, POINTER, LONG));
        silence(library);
    }

    /** libbpf's default is to print to stderr; ours reach the caller as exceptions. */
    private static void silence(Library library) {
        MethodHandle setPrint = library.function("libbpf_set_print", FunctionDescriptor.of(POINTER, POINTER));
        try {
            MemorySegment unused = (MemorySegment) setPrint.invokeExact(MemorySegment.NULL);
        } catch (Throwable e) {
            throw Library.impossible(e);
        }
    }

    /**
     * Loads the library on first use.
     *
     * @throws BpfException LIBRARY_MISSING when it is absent or too old
     */
    static synchronized Bpf load() {
        Bpf present = loaded;
        if (present == null) {
            present = new Bpf();
            loaded = present;
        }
        return present;
    }

    /** Passes a result on, or throws when it is a negated error number. */
    int check(String what, int result) {
        if (result < 0) {
            throw failure(what, -result);
        }
        return result;
    }

    BpfException failure(String what, int code) {
        return new BpfException(code, what + ": " + text(code));
    }

    /** How many processors there may ever be: a value of a per-processor map has that many parts. */
    int possibleCpus() {
        try {
            return check("counting processors", (int) possibleCpus.invokeExact());
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    /** An error of ours goes on as it is; anything else cannot come out of a call through a handle. */
    static RuntimeException rethrow(Throwable thrown) {
        if (thrown instanceof BpfException failure) {
            return failure;
        }
        throw Library.impossible(thrown);
    }

    private String text(int code) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(TEXT_SIZE);
            int unused = (int) errorText.invokeExact(code, buffer, (long) TEXT_SIZE);
            return buffer.getString(0);
        } catch (Throwable e) {
            throw Library.impossible(e);
        }
    }
}
