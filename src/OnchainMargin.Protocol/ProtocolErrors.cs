using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Protocol;

/// <summary>Explains reverts with the errors of every contract of the protocol.</summary>
public static class ProtocolErrors
{
    /// <summary>Knows every error that a contract of the protocol can revert with.</summary>
    public static RevertDecoder Decoder { get; } = new(
        Clearinghouse.DecodeError,
        LiquidationHouse.DecodeError,
        HealthGate.DecodeError,
        MarginVault.DecodeError,
        PriceHub.DecodeError,
        SpotMarkets.DecodeError,
        VolSurfaces.DecodeError,
        RiskRegistry.DecodeError,
        AttesterBonds.DecodeError,
        Challenges.DecodeError,
        CreditBucket.DecodeError,
        ParameterSteps.DecodeError,
        RiskParameters.DecodeError,
        InsuranceFund.DecodeError,
        Referee.DecodeError,
        RefereeReports.DecodeError,
        ChainlinkSource.DecodeError);
}
