using System.Collections.Immutable;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Margin;
using OnchainMargin.Protocol;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.EndToEnd.Tests.Support;

/// <summary>Makes the preimage of a checkpoint anew from what other contracts said: spot, surfaces and indices from their events, parameters and smoothed totals from calls at that block. Nothing is taken
/// from the event of the checkpoint itself, so that an equal hash shows that the hub stored what it should have.</summary>
internal sealed class CheckpointRebuild(IEthereumNode node, DeploymentRecord deployment)
{
    private const long One = 100_000_000;
    private const long OneE12 = 1_000_000_000_000;

    private readonly DeployedContracts _contracts = deployment.Contracts;

    /// <summary>Rebuilds the checkpoint that was the latest at the end of a block.</summary>
    /// <param name="block">The block in which it was taken.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>The checkpoint; the keccak256 of its preimage is what <c>inputsHash</c> stores.</returns>
    /// <exception cref="ProtocolException">Thrown when no checkpoint was taken in that block.</exception>
    public async Task<Checkpoint> RebuildAsync(ulong block, CancellationToken cancellationToken = default)
    {
        BlockTag tag = BlockTag.Number(block);
        BlockHeader header = await node.GetBlockAsync(tag, cancellationToken) ?? throw new ProtocolException($"The node has no block {block}; use one that keeps it.");
        PriceHub.LatestResult latest = await CallAsync(_contracts.PriceHub, new PriceHub.LatestCall(), tag, cancellationToken);
        if (latest.Time != header.TimestampSeconds)
        {
            throw new ProtocolException($"No checkpoint was taken in block {block}; name the block of its CheckpointTaken event.");
        }

        uint factor = await CallAsync(_contracts.RiskParameters, new Protocol.Generated.RiskParameters.InitialFactorE8Call(), tag, cancellationToken);
        bool drawn = await CallAsync(_contracts.PriceHub, new PriceHub.InsuranceDrawnCall(), tag, cancellationToken);
        IReadOnlyList<LogEntry> logs = await node.GetLogsAsync(
            new LogFilter { Addresses = [_contracts.SpotMarkets, _contracts.VolSurfaces, _contracts.PriceHub], FromBlock = BlockTag.Number(deployment.Block), ToBlock = tag }, cancellationToken);
        SortedDictionary<ushort, SpotMarkets.SpotUpdatedEvent> spots = [];
        Dictionary<ushort, byte> states = [];
        (ulong DebtE12, ulong CreditE12) indices = ((ulong)OneE12, (ulong)OneE12);
        foreach (LogEntry log in logs)
        {
            if (SpotMarkets.SpotUpdatedEvent.TryDecode(log, out SpotMarkets.SpotUpdatedEvent updated))
            {
                spots[updated.Underlying] = updated;
            }
            else if (SpotMarkets.MarketStateChangedEvent.TryDecode(log, out SpotMarkets.MarketStateChangedEvent changed))
            {
                states[changed.Underlying] = changed.To;
            }
            else if (PriceHub.InterestAccruedEvent.TryDecode(log, out PriceHub.InterestAccruedEvent accrued))
            {
                indices = (accrued.DebtIndexE12, accrued.CreditIndexE12);
            }
        }

        SortedDictionary<(ushort Underlying, uint Expiry), SurfaceHistory> surfaces = await SurfacesAsync(logs, cancellationToken);
        VolSurfaces.SurfaceParameters rates = await CallAsync(_contracts.VolSurfaces, new VolSurfaces.SurfaceParametersCall(), tag, cancellationToken);
        var underlyings = ImmutableArray.CreateBuilder<UnderlyingRecord>();
        foreach ((ushort number, SpotMarkets.SpotUpdatedEvent spot) in spots)
        {
            byte state = states.GetValueOrDefault(number);
            UnderlyingRecord record = await MarketAsync(number, spot, drawn && state == 0 ? (byte)MarketState.Uninsured : state, tag, cancellationToken);
            var expiries = ImmutableArray.CreateBuilder<ExpiryRecord>();
            foreach (((ushort underlying, uint expiry), SurfaceHistory history) in surfaces)
            {
                if (underlying == number)
                {
                    expiries.Add(await ExpiryAsync(number, expiry, history, (long)spot.SpotE8, header.TimestampSeconds, (long)rates.DiscountRateE12, tag, cancellationToken));
                }
            }

            underlyings.Add(record with { Expiries = expiries.ToImmutable() });
        }

        return new Checkpoint(
            new CheckpointHeader(latest.Id, (long)header.TimestampSeconds, factor, indices.DebtE12, indices.CreditE12),
            await CollateralsAsync(underlyings.Count, tag, cancellationToken),
            underlyings.ToImmutable());
    }

    /// <summary>The preimage and its hash.</summary>
    public static (byte[] Head, Hash32 InputsHash) Hash(Checkpoint checkpoint)
    {
        byte[] head = checkpoint.InputsPreimage(static bytes => Keccak256.Hash(bytes).ToArray());
        return (head, Keccak256.Hash(head));
    }

    private Task<TResult> CallAsync<TResult>(Address contract, IContractCall<TResult> call, BlockTag block, CancellationToken cancellationToken) =>
        node.CallAsync(contract, call, block, cancellationToken: cancellationToken);

    private async Task<SortedDictionary<(ushort Underlying, uint Expiry), SurfaceHistory>> SurfacesAsync(IReadOnlyList<LogEntry> logs, CancellationToken cancellationToken)
    {
        SortedDictionary<(ushort, uint), SurfaceHistory> surfaces = [];
        Dictionary<ulong, ulong> times = [];
        foreach (LogEntry log in logs)
        {
            if (VolSurfaces.SurfacePublishedEvent.TryDecode(log, out VolSurfaces.SurfacePublishedEvent published))
            {
                if (!times.TryGetValue(log.BlockNumber, out ulong time))
                {
                    BlockHeader header = await node.GetBlockAsync(BlockTag.Number(log.BlockNumber), cancellationToken)
                        ?? throw new ProtocolException($"The node has no block {log.BlockNumber}; use one that keeps it.");
                    times.Add(log.BlockNumber, time = header.TimestampSeconds);
                }

                (ushort, uint) key = (published.Underlying, published.Expiry);
                surfaces[key] = SurfaceHistory.After(surfaces.GetValueOrDefault(key), published, time);
            }
            else if (VolSurfaces.ExpiryRetiredEvent.TryDecode(log, out VolSurfaces.ExpiryRetiredEvent retired))
            {
                surfaces.Remove((retired.Underlying, retired.Expiry));
            }
        }

        return surfaces;
    }

    private async Task<UnderlyingRecord> MarketAsync(ushort underlying, SpotMarkets.SpotUpdatedEvent spot, byte state, BlockTag block, CancellationToken cancellationToken)
    {
        Protocol.Generated.RiskParameters.UnderlyingParameters p = await CallAsync(_contracts.RiskParameters, new Protocol.Generated.RiskParameters.UnderlyingOfCall(underlying), block, cancellationToken);
        PriceHub.MarketOfResult market = await CallAsync(_contracts.PriceHub, new PriceHub.MarketOfCall(underlying), block, cancellationToken);
        (long spotE8, long averageE8) = ((long)spot.SpotE8, (long)spot.AverageSpotE8);
        return new UnderlyingRecord(
            underlying, p.Group, (MarketState)state, spotE8, Funding.Mark(spotE8, market.PremiumE8), Math.Abs(spotE8 - averageE8), (long)market.OpenInterestE8, averageE8, Funding.Told(market.FundingE16), (long)p.DepthE8,
            new Margin.RiskParameters(
                p.PriceRangeE8, p.VolRangeE8, p.VolUpFloorE8, p.ShortOptionMinimumE8, p.BasisChargeE8, p.BasisRateE8, p.SlippageE8, p.SlippageCapE8,
                p.CrowdingE8, p.VegaChargeE8, p.RateChargeE8, p.FloorRateE8, p.NettingFloorE8),
            []);
    }

    private async Task<ExpiryRecord> ExpiryAsync(
        ushort underlying, uint expiry, SurfaceHistory history, long spotE8, ulong time, long rateE12, BlockTag block, CancellationToken cancellationToken)
    {
        VolSurfaces.SurfacePublishedEvent delayed = history.Delayed(time);
        long tau = Math.Max(0, (long)expiry - (long)time);
        long discountE12 = tau == 0 ? OneE12 : Discounts.Discount(rateE12, tau);
        if (tau > (long)SurfaceHistory.DelaySeconds)
        {
            return new ExpiryRecord(expiry, (long)history.Present.Time, discountE12, At(history.Present), At(delayed));
        }

        SpotMarkets.SettlementWindowResult read = await CallAsync(_contracts.SpotMarkets, new SpotMarkets.SettlementWindowCall(underlying, expiry), block, cancellationToken);
        (long forwardE8, long besideE8, long followSeconds) = Forwards.PairInsideWindow(
            spotE8, new WindowReading((Int128)(UInt128)read.SumE8, (long)read.CoveredSeconds, (long)read.RemainingSeconds) { StalledSeconds = (long)read.StalledSeconds });
        return new ExpiryRecord(expiry, (long)history.Present.Time, discountE12, SurfaceHistory.At(history.Present, forwardE8), SurfaceHistory.At(delayed, besideE8)) { FollowSeconds = followSeconds };

        Surface At(VolSurfaces.SurfacePublishedEvent published) => SurfaceHistory.At(published, Forwards.OutsideWindow(spotE8, (long)published.ForwardE8, (long)published.SpotE8));
    }

    private async Task<ImmutableArray<CollateralRecord>> CollateralsAsync(int underlyings, BlockTag block, CancellationToken cancellationToken)
    {
        ushort count = await CallAsync(_contracts.MarginVault, new MarginVault.TokenCountCall(), block, cancellationToken);
        var collaterals = ImmutableArray.CreateBuilder<CollateralRecord>(count);
        for (ushort token = 0; token < count; token++)
        {
            MarginVault.TokenAtResult listed = await CallAsync(_contracts.MarginVault, new MarginVault.TokenAtCall(token), block, cancellationToken);
            Protocol.Generated.RiskParameters.TokenParameters p = await CallAsync(_contracts.RiskParameters, new Protocol.Generated.RiskParameters.TokenOfCall(token), block, cancellationToken);
            Address source = await CallAsync(_contracts.PriceHub, new PriceHub.TokenSourceOfCall(token), block, cancellationToken);
            UInt128 totalE8 = await CallAsync(_contracts.PriceHub, new PriceHub.SmoothedTotalE8Call(token), block, cancellationToken);
            bool isPriced = source != default;
            long priceE8 = isPriced ? (long)(await CallAsync(source, new PriceSource.ReadCall(), block, cancellationToken)).PriceE8 : 0;
            if (p.Underlying != 0)
            {
                priceE8 = p.Underlying > underlyings ? 0 : isPriced ? (long)Int128.Min(1L << 48, (Int128)p.UnitsE8 * priceE8 / One) : (long)p.UnitsE8;
            }
            else if (token == 0)
            {
                priceE8 = isPriced ? Math.Min(One, priceE8) : One;
            }

            collaterals.Add(new CollateralRecord(
                token, p.Underlying > underlyings ? (ushort)0 : p.Underlying, listed.Decimals, Haircuts.HaircutUp(p.HaircutBaseE8, p.HaircutMaxE8, p.ThresholdE8, (Int128)totalE8), priceE8));
        }

        return collaterals.MoveToImmutable();
    }
}
