package io.gatehouse.session;

import org.junit.platform.suite.api.ConfigurationParameter;
import org.junit.platform.suite.api.SelectClasses;
import org.junit.platform.suite.api.Suite;

/** What holds on one Redis holds on a cluster of three nodes, too: the same tests once more. */
@Suite
@ConfigurationParameter(key = "test.redis", value = "cluster")
@SelectClasses(
        names = {
            "io.gatehouse.session.SessionTest",
            "io.gatehouse.session.SessionLifetimeTest",
            "io.gatehouse.user.SignInTest",
            "io.gatehouse.user.SignInRaceTest",
        })
class OnAClusterTest {}
