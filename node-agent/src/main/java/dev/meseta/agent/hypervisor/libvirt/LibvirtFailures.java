package dev.meseta.agent.hypervisor.libvirt;

import dev.meseta.agent.hypervisor.HypervisorException;
import dev.meseta.agent.hypervisor.HypervisorException.Code;
import dev.meseta.agent.hypervisor.libvirt.binding.LibvirtErrors;
import dev.meseta.agent.hypervisor.libvirt.binding.LibvirtException;

/** libvirt's error numbers in the words of the interface. */
final class LibvirtFailures {

    private LibvirtFailures() {}

    static HypervisorException translate(LibvirtException failure) {
        return as(codeOf(failure), failure);
    }

    static HypervisorException as(Code code, LibvirtException failure) {
        return new HypervisorException(code, "libvirt: " + failure.getMessage(), failure);
    }

    /** The domain has ended or was never here. */
    static boolean isAbsence(LibvirtException failure) {
        return failure.code() == LibvirtErrors.NO_DOMAIN;
    }

    private static Code codeOf(LibvirtException failure) {
        return switch (failure.code()) {
            case LibvirtErrors.NO_DOMAIN -> Code.DOMAIN_NOT_FOUND;
            case LibvirtErrors.OPERATION_INVALID -> Code.DOMAIN_NOT_RUNNING;
            case LibvirtErrors.NO_SUPPORT,
                    LibvirtErrors.CONFIGURATION_UNSUPPORTED,
                    LibvirtErrors.ARGUMENT_UNSUPPORTED,
                    LibvirtErrors.OPERATION_UNSUPPORTED -> Code.NOT_SUPPORTED;
            case LibvirtErrors.LIBRARY_MISSING -> Code.HYPERVISOR_UNAVAILABLE;
            default -> Code.HYPERVISOR_ERROR;
        };
    }
}
