package dev.meseta.agent.hypervisor.libvirt.binding;

import static dev.meseta.agent.hypervisor.libvirt.binding.Library.INT;
import static dev.meseta.agent.hypervisor.libvirt.binding.Library.POINTER;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Functions about the library, connections and the host; named and typed as in {@code libvirt-host.h}. */
final class ConnectFunctions {

    private final MethodHandle virInitialize;
    private final MethodHandle virEventRegisterDefaultImpl;
    private final MethodHandle virEventRunDefaultImpl;
    private final MethodHandle virSetErrorFunc;
    private final MethodHandle virGetLastError;
    private final MethodHandle virGetVersion;
    private final MethodHandle virConnectOpen;
    private final MethodHandle virConnectRef;
    private final MethodHandle virConnectClose;
    private final MethodHandle virConnectIsAlive;
    private final MethodHandle virConnectSetKeepAlive;
    private final MethodHandle virConnectRegisterCloseCallback;
    private final MethodHandle virConnectUnregisterCloseCallback;
    private final MethodHandle virConnectGetLibVersion;
    private final MethodHandle virConnectGetVersion;
    private final MethodHandle virConnectGetHostname;
    private final MethodHandle virConnectGetCapabilities;
    private final MethodHandle virConnectGetDomainCapabilities;
    private final MethodHandle virNodeGetInfo;
    private final MethodHandle virConnectListAllDomains;
    private final MethodHandle virConnectDomainEventRegisterAny;
    private final MethodHandle virConnectDomainEventDeregisterAny;

    ConnectFunctions(Library library) {
        virInitialize = library.function("virInitialize", FunctionDescriptor.of(INT));
        virEventRegisterDefaultImpl = library.function("virEventRegisterDefaultImpl", FunctionDescriptor.of(INT));
        virEventRunDefaultImpl = library.function("virEventRunDefaultImpl", FunctionDescriptor.of(INT));
        virSetErrorFunc = library.function("virSetErrorFunc", FunctionDescriptor.ofVoid(POINTER, POINTER));
        virGetLastError = library.function("virGetLastError", FunctionDescriptor.of(POINTER));
        virGetVersion = library.function("virGetVersion", FunctionDescriptor.of(INT, POINTER, POINTER, POINTER));
        virConnectOpen = library.function("virConnectOpen", FunctionDescriptor.of(POINTER, POINTER));
        virConnectRef = library.function("virConnectRef", FunctionDescriptor.of(INT, POINTER));
        virConnectClose = library.function("virConnectClose", FunctionDescriptor.of(INT, POINTER));
        virConnectIsAlive = library.function("virConnectIsAlive", FunctionDescriptor.of(INT, POINTER));
        virConnectSetKeepAlive =
                library.function("virConnectSetKeepAlive", FunctionDescriptor.of(INT, POINTER, INT, INT));
        virConnectRegisterCloseCallback = library.function(
                "virConnectRegisterCloseCallback", FunctionDescriptor.of(INT, POINTER, POINTER, POINTER, POINTER));
        virConnectUnregisterCloseCallback =
                library.function("virConnectUnregisterCloseCallback", FunctionDescriptor.of(INT, POINTER, POINTER));
        virConnectGetLibVersion =
                library.function("virConnectGetLibVersion", FunctionDescriptor.of(INT, POINTER, POINTER));
        virConnectGetVersion = library.function("virConnectGetVersion", FunctionDescriptor.of(INT, POINTER, POINTER));
        virConnectGetHostname = library.function("virConnectGetHostname", FunctionDescriptor.of(POINTER, POINTER));
        virConnectGetCapabilities =
                library.function("virConnectGetCapabilities", FunctionDescriptor.of(POINTER, POINTER));
        virConnectGetDomainCapabilities = library.function(
                "virConnectGetDomainCapabilities",
                FunctionDescriptor.of(POINTER, POINTER, POINTER, POINTER, POINTER, POINTER, INT));
        virNodeGetInfo = library.function("virNodeGetInfo", FunctionDescriptor.of(INT, POINTER, POINTER));
        virConnectListAllDomains =
                library.function("virConnectListAllDomains", FunctionDescriptor.of(INT, POINTER, POINTER, INT));
        virConnectDomainEventRegisterAny = library.function(
                "virConnectDomainEventRegisterAny",
                FunctionDescriptor.of(INT, POINTER, POINTER, INT, POINTER, POINTER, POINTER));
        virConnectDomainEventDeregisterAny =
                library.function("virConnectDomainEventDeregisterAny", FunctionDescriptor.of(INT, POINTER, INT));
    }

    int initialize() {
        try {
            return (int) virInitialize.invokeExact();
        } catch (Throwable e) {
            throw Library.impossible(e);
        }
    }

    int eventRegisterDefaultImpl() {
        try {
            return (int) virEventRegisterDefaultImpl.invokeExact();
        } catch (Throwable e) {
            throw Library.impossible(e);
        }
    }

    int eventRunDefaultImpl() {
        try {
            return (int) virEventRunDefaultImpl.invokeExact();
        } catch (Throwable e) {
            throw Library.impossible(e);
        }
    }

    void setErrorFunc(MemorySegment data, MemorySegment handler) {
        try {
            virSetErrorFunc.invokeExact(data, handler);
        } catch (Throwable e) {
            throw Library.impossible(e);
        }
    }

    MemorySegment getLastError() {
        try {
            return (MemorySegment) virGetLastError.invokeExact();
        } catch (Throwable e) {
            throw Library.impossible(e);
        }
    }

    int getVersion(MemorySegment libraryVersion, MemorySegment type, MemorySegment typeVersion) {
        try {
            return (int) virGetVersion.invokeExact(libraryVersion, type, typeVersion);
        } catch (Throwable e) {
            throw Library.impossible(e);
        }
    }

    MemorySegment connectOpen(MemorySegment uri) {
        try {
            return (MemorySegment) virConnectOpen.invokeExact(uri);
        } catch (Throwable e) {
            throw Library.impossible(e);
        }
    }

    int connectRef(MemorySegment connection) {
        try {
            return (int) virConnectRef.invokeExact(connection);
        } catch (Throwable e) {
            throw Library.impossible(e);
        }
    }

    int connectClose(MemorySegment connection) {
        try {
            return (int) virConnectClose.invokeExact(connection);
        } catch (Throwable e) {
            throw Library.impossible(e);
        }
    }

    int connectIsAlive(MemorySegment connection) {
        try {
            return (int) virConnectIsAlive.invokeExact(connection);
        } catch (Throwable e) {
            throw Library.impossible(e);
        }
    }

    int connectSetKeepAlive(MemorySegment connection, int intervalSeconds, int count) {
        try {
            return (int) virConnectSetKeepAlive.invokeExact(connection, intervalSeconds, count);
        } catch (Throwable e) {
            throw Library.impossible(e);
        }
    }

    int connectRegisterCloseCallback(
            MemorySegment connection, MemorySegment callback, MemorySegment data, MemorySegment free) {
        try {
            return (int) virConnectRegisterCloseCallback.invokeExact(connection, callback, data, free);
        } catch (Throwable e) {
            throw Library.impossible(e);
        }
    }

    int connectUnregisterCloseCallback(MemorySegment connection, MemorySegment callback) {
        try {
            return (int) virConnectUnregisterCloseCallback.invokeExact(connection, callback);
        } catch (Throwable e) {
            throw Library.impossible(e);
        }
    }

    int connectGetLibVersion(MemorySegment connection, MemorySegment version) {
        try {
            return (int) virConnectGetLibVersion.invokeExact(connection, version);
        } catch (Throwable e) {
            throw Library.impossible(e);
        }
    }

    int connectGetVersion(MemorySegment connection, MemorySegment version) {
        try {
            return (int) virConnectGetVersion.invokeExact(connection, version);
        } catch (Throwable e) {
            throw Library.impossible(e);
        }
    }

    MemorySegment connectGetHostname(MemorySegment connection) {
        try {
            return (MemorySegment) virConnectGetHostname.invokeExact(connection);
        } catch (Throwable e) {
            throw Library.impossible(e);
        }
    }

    MemorySegment connectGetCapabilities(MemorySegment connection) {
        try {
            return (MemorySegment) virConnectGetCapabilities.invokeExact(connection);
        } catch (Throwable e) {
            throw Library.impossible(e);
        }
    }

    MemorySegment connectGetDomainCapabilities(
            MemorySegment connection,
            MemorySegment emulator,
            MemorySegment architecture,
            MemorySegment machine,
            MemorySegment type,
            int flags) {
        try {
            return (MemorySegment) virConnectGetDomainCapabilities.invokeExact(
                    connection, emulator, architecture, machine, type, flags);
        } catch (Throwable e) {
            throw Library.impossible(e);
        }
    }

    int nodeGetInfo(MemorySegment connection, MemorySegment info) {
        try {
            return (int) virNodeGetInfo.invokeExact(connection, info);
        } catch (Throwable e) {
            throw Library.impossible(e);
        }
    }

    int connectListAllDomains(MemorySegment connection, MemorySegment domains, int flags) {
        try {
            return (int) virConnectListAllDomains.invokeExact(connection, domains, flags);
        } catch (Throwable e) {
            throw Library.impossible(e);
        }
    }

    int connectDomainEventRegisterAny(
            MemorySegment connection,
            MemorySegment domain,
            int event,
            MemorySegment callback,
            MemorySegment data,
            MemorySegment free) {
        try {
            return (int) virConnectDomainEventRegisterAny.invokeExact(connection, domain, event, callback, data, free);
        } catch (Throwable e) {
            throw Library.impossible(e);
        }
    }

    int connectDomainEventDeregisterAny(MemorySegment connection, int callbackId) {
        try {
            return (int) virConnectDomainEventDeregisterAny.invokeExact(connection, callbackId);
        } catch (Throwable e) {
            throw Library.impossible(e);
        }
    }
}
