using System.Net;
using OnchainMargin.Solver.Api;

namespace OnchainMargin.Solver.Tests.Api;

public sealed class ApiLimitsTests
{
    /// <summary>Whoever has one address of a network has 2⁶⁴ of them, and would have as many budgets.</summary>
    [Theory]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("fe80::1%1", "fe80::1%2", true)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("::ffff:192.0.2.1", "::ffff:192.0.2.2", false)]
    public void Client_OfTwoAddresses_IsOneWhereTheyAreOfOneNetwork(string one, string other, bool isSame) =>
        Assert.Equal(isSame, string.Equals(ApiLimits.Client(IPAddress.Parse(one)), ApiLimits.Client(IPAddress.Parse(other)), StringComparison.Ordinal));
}
