package dev.meseta.agent.hypervisor.libvirt.binding;

import static dev.meseta.agent.hypervisor.libvirt.binding.Library.INT;
import static dev.meseta.agent.hypervisor.libvirt.binding.Library.LONG;
import static dev.meseta.agent.hypervisor.libvirt.binding.Library.POINTER;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Functions about domains and typed parameters; named and typed as in {@code libvirt-domain.h}. */
final class DomainFunctions {

    private final MethodHandle virDomainLookupByUUID;
    private final MethodHandle virDomainCreateXML;
    private final MethodHandle virDomainFree;
    private final MethodHandle virDomainGetUUID;
    private final MethodHandle virDomainGetName;
    private final MethodHandle virDomainGetInfo;
    private final MethodHandle virDomainGetState;
    private final MethodHandle virDomainGetXMLDesc;
    private final MethodHandle virDomainGetMetadata;
    private final MethodHandle virDomainShutdownFlags;
    private final MethodHandle virDomainDestroyFlags;
    private final MethodHandle virDomainReboot;
    private final MethodHandle virDomainReset;
    private final MethodHandle virDomainSuspend;
    private final MethodHandle virDomainResume;
    private final MethodHandle virDomainMigrateToURI3;
    private final MethodHandle virDomainMigrateSetMaxDowntime;
    private final MethodHandle virDomainMigrateSetMaxSpeed;
    private final MethodHandle virDomainMigrateStartPostCopy;
    private final MethodHandle virDomainAbortJob;
    private final MethodHandle virDomainGetJobStats;
    private final MethodHandle virTypedParamsAddString;
    private final MethodHandle virTypedParamsAddULLong;
    private final MethodHandle virTypedParamsFree;

    DomainFunctions(Library library) {
        virDomainLookupByUUID =
                library.function("virDomainLookupByUUID", FunctionDescriptor.of(POINTER, POINTER, POINTER));
        virDomainCreateXML =
                library.function("virDomainCreateXML", FunctionDescriptor.of(POINTER, POINTER, POINTER, INT));
        virDomainFree = library.function("virDomainFree", FunctionDescriptor.of(INT, POINTER));
        virDomainGetUUID = library.function("virDomainGetUUID", FunctionDescriptor.of(INT, POINTER, POINTER));
        virDomainGetName = library.function("virDomainGetName", FunctionDescriptor.of(POINTER, POINTER));
        virDomainGetInfo = library.function("virDomainGetInfo", FunctionDescriptor.of(INT, POINTER, POINTER));
        virDomainGetState =
                library.function("virDomainGetState", FunctionDescriptor.of(INT, POINTER, POINTER, POINTER, INT));
        virDomainGetXMLDesc = library.function("virDomainGetXMLDesc", FunctionDescriptor.of(POINTER, POINTER, INT));
        virDomainGetMetadata =
                library.function("virDomainGetMetadata", FunctionDescriptor.of(POINTER, POINTER, INT, POINTER, INT));
        virDomainShutdownFlags = library.function("virDomainShutdownFlags", FunctionDescriptor.of(INT, POINTER, INT));
        virDomainDestroyFlags = library.function("virDomainDestroyFlags", FunctionDescriptor.of(INT, POINTER, INT));
        virDomainReboot = library.function("virDomainReboot", FunctionDescriptor.of(INT, POINTER, INT));
        virDomainReset = library.function("virDomainReset", FunctionDescriptor.of(INT, POINTER, INT));
        virDomainSuspend = library.function("virDomainSuspend", FunctionDescriptor.of(INT, POINTER));
        virDomainResume = library.function("virDomainResume", FunctionDescriptor.of(INT, POINTER));
        virDomainMigrateToURI3 = library.function(
                "virDomainMigrateToURI3", FunctionDescriptor.of(INT, POINTER, POINTER, POINTER, INT, INT));
        virDomainMigrateSetMaxDowntime =
                library.function("virDomainMigrateSetMaxDowntime", FunctionDescriptor.of(INT, POINTER, LONG, INT));
        virDomainMigrateSetMaxSpeed =
                library.function("virDomainMigrateSetMaxSpeed", FunctionDescriptor.of(INT, POINTER, LONG, INT));
        virDomainMigrateStartPostCopy =
                library.function("virDomainMigrateStartPostCopy", FunctionDescriptor.of(INT, POINTER, INT));
        virDomainAbortJob = library.function("virDomainAbortJob", FunctionDescriptor.of(INT, POINTER));
        virDomainGetJobStats = library.function(
                "virDomainGetJobStats", FunctionDescriptor.of(INT, POINTER, POINTER, POINTER, POINTER, INT));
        virTypedParamsAddString = library.function(
                "virTypedParamsAddString", FunctionDescriptor.of(INT, POINTER, POINTER, POINTER, POINTER, POINTER));
        virTypedParamsAddULLong = library.function(
                "virTypedParamsAddULLong", FunctionDescriptor.of(INT, POINTER, POINTER, POINTER, POINTER, LONG));
        virTypedParamsFree = library.function("virTypedParamsFree", FunctionDescriptor.ofVoid(POINTER, INT));
    }

    MemorySegment domainLookupByUUID(MemorySegment connection, MemorySegment uuid) {
        try {
            return (MemorySegment) virDomainLookupByUUID.invokeExact(connection, uuid);
        } catch (Throwable e) {
            throw Library.impossible(e);
        }
    }

    MemorySegment domainCreateXML(MemorySegment connection, MemorySegment xml, int flags) {
        try {
            return (MemorySegment) virDomainCreateXML.invokeExact(connection, xml, flags);
        } catch (Throwable e) {
            throw Library.impossible(e);
        }
    }

    int domainFree(MemorySegment domain) {
        try {
            return (int) virDomainFree.invokeExact(domain);
        } catch (Throwable e) {
            throw Library.impossible(e);
        }
    }

    int domainGetUUID(MemorySegment domain, MemorySegment uuid) {
        try {
            return (int) virDomainGetUUID.invokeExact(domain, uuid);
        } catch (Throwable e) {
            throw Library.impossible(e);
        }
    }

    MemorySegment domainGetName(MemorySegment domain) {
        try {
            return (MemorySegment) virDomainGetName.invokeExact(domain);
        } catch (Throwable e) {
            throw Library.impossible(e);
        }
    }

    int domainGetInfo(MemorySegment domain, MemorySegment info) {
        try {
            return (int) virDomainGetInfo.invokeExact(domain, info);
        } catch (Throwable e) {
            throw Library.impossible(e);
        }
    }

    int domainGetState(MemorySegment domain, MemorySegment state, MemorySegment reason, int flags) {
        try {
            return (int) virDomainGetState.invokeExact(domain, state, reason, flags);
        } catch (Throwable e) {
            throw Library.impossible(e);
        }
    }

    MemorySegment domainGetXMLDesc(MemorySegment domain, int flags) {
        try {
            return (MemorySegment) virDomainGetXMLDesc.invokeExact(domain, flags);
        } catch (Throwable e) {
            throw Library.impossible(e);
        }
    }

    MemorySegment domainGetMetadata(MemorySegment domain, int type, MemorySegment uri, int flags) {
        try {
            return (MemorySegment) virDomainGetMetadata.invokeExact(domain, type, uri, flags);
        } catch (Throwable e) {
            throw Library.impossible(e);
        }
    }

    int domainShutdownFlags(MemorySegment domain, int flags) {
        try {
            return (int) virDomainShutdownFlags.invokeExact(domain, flags);
        } catch (Throwable e) {
            throw Library.impossible(e);
        }
    }

    int domainDestroyFlags(MemorySegment domain, int flags) {
        try {
            return (int) virDomainDestroyFlags.invokeExact(domain, flags);
        } catch (Throwable e) {
            throw Library.impossible(e);
        }
    }

    int domainReboot(MemorySegment domain, int flags) {
        try {
            return (int) virDomainReboot.invokeExact(domain, flags);
        } catch (Throwable e) {
            throw Library.impossible(e);
        }
    }

    int domainReset(MemorySegment domain, int flags) {
        try {
            return (int) virDomainReset.invokeExact(domain, flags);
        } catch (Throwable e) {
            throw Library.impossible(e);
        }
    }

    int domainSuspend(MemorySegment domain) {
        try {
            return (int) virDomainSuspend.invokeExact(domain);
        } catch (Throwable e) {
            throw Library.impossible(e);
        }
    }

    int domainResume(MemorySegment domain) {
        try {
            return (int) virDomainResume.invokeExact(domain);
        } catch (Throwable e) {
            throw Library.impossible(e);
        }
    }

    int domainMigrateToURI3(
            MemorySegment domain, MemorySegment targetUri, MemorySegment parameters, int count, int flags) {
        try {
            return (int) virDomainMigrateToURI3.invokeExact(domain, targetUri, parameters, count, flags);
        } catch (Throwable e) {
            throw Library.impossible(e);
        }
    }

    int domainMigrateSetMaxDowntime(MemorySegment domain, long milliseconds, int flags) {
        try {
            return (int) virDomainMigrateSetMaxDowntime.invokeExact(domain, milliseconds, flags);
        } catch (Throwable e) {
            throw Library.impossible(e);
        }
    }

    int domainMigrateSetMaxSpeed(MemorySegment domain, long mebibytesPerSecond, int flags) {
        try {
            return (int) virDomainMigrateSetMaxSpeed.invokeExact(domain, mebibytesPerSecond, flags);
        } catch (Throwable e) {
            throw Library.impossible(e);
        }
    }

    int domainMigrateStartPostCopy(MemorySegment domain, int flags) {
        try {
            return (int) virDomainMigrateStartPostCopy.invokeExact(domain, flags);
        } catch (Throwable e) {
            throw Library.impossible(e);
        }
    }

    int domainAbortJob(MemorySegment domain) {
        try {
            return (int) virDomainAbortJob.invokeExact(domain);
        } catch (Throwable e) {
            throw Library.impossible(e);
        }
    }

    int domainGetJobStats(
            MemorySegment domain, MemorySegment type, MemorySegment parameters, MemorySegment count, int flags) {
        try {
            return (int) virDomainGetJobStats.invokeExact(domain, type, parameters, count, flags);
        } catch (Throwable e) {
            throw Library.impossible(e);
        }
    }

    int typedParamsAddString(
            MemorySegment parameters,
            MemorySegment count,
            MemorySegment capacity,
            MemorySegment name,
            MemorySegment value) {
        try {
            return (int) virTypedParamsAddString.invokeExact(parameters, count, capacity, name, value);
        } catch (Throwable e) {
            throw Library.impossible(e);
        }
    }

    int typedParamsAddULLong(
            MemorySegment parameters, MemorySegment count, MemorySegment capacity, MemorySegment name, long value) {
        try {
            return (int) virTypedParamsAddULLong.invokeExact(parameters, count, capacity, name, value);
        } catch (Throwable e) {
            throw Library.impossible(e);
        }
    }

    void typedParamsFree(MemorySegment parameters, int count) {
        try {
            virTypedParamsFree.invokeExact(parameters, count);
        } catch (Throwable e) {
            throw Library.impossible(e);
        }
    }
}
