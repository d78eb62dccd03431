package dev.meseta.manager.inventory;

import java.util.List;
import java.util.UUID;

/** Data centers and clusters of the inventory. At first start there is one of each, both named "Default". */
public interface Clusters {

    List<DataCenter> dataCenters();

    DataCenter requireDataCenter(UUID dataCenterId);

    List<Cluster> all();

    Cluster require(UUID clusterId);

    /** The cluster used when a request names none: the oldest. */
    Cluster defaultCluster();
}
