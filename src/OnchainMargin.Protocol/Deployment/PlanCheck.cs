using System.Numerics;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Protocol.Deployment;

/// <summary>What is found wrong with a plan before its first transaction, while correcting it costs nothing.</summary>
internal sealed class PlanCheck(IEthereumNode node, Address deployer)
{
    private const int PriceDecimals = 8;
    private const uint DelayLeastSeconds = 86_400;
    private const uint DelayMostSeconds = 14 * 86_400;

    /// <summary>Refuses a plan that contradicts itself, has a number that no setter takes, leaves open what a chain with money on it must be told, or names what is not there.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="allowsMocks">Whether mocks and open powers are meant, whatever the chain.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>The chain that it was looked at for.</returns>
    /// <exception cref="DeploymentException">The plan is refused.</exception>
    public async Task<ulong> RequireAsync(DeploymentPlan plan, bool allowsMocks, CancellationToken cancellationToken)
    {
        RequireConsistent(plan);
        ulong chain = await node.GetChainIdAsync(cancellationToken);
        if (chain != LocalChain.Id && !allowsMocks)
        {
            RequireNoMocks(plan, chain);
            RequireSaid(plan);
            await RequireGovernedAsync(plan.Governance!.Value, chain, cancellationToken);
        }

        await RequireThereAsync(plan, cancellationToken);
        return chain;
    }

    private static void RequireConsistent(DeploymentPlan plan)
    {
        if (plan.Tokens.Count == 0)
        {
            throw new DeploymentException("The deployment plan has no tokens: name at least the settlement token, first.");
        }

        if (PlanDomains.Fault(plan) is { } fault)
        {
            throw new DeploymentException(fault);
        }

        int attesters = Math.Max(1, plan.Attesters.Count);
        if (plan.Threshold < 1 || plan.Threshold > attesters)
        {
            throw new DeploymentException($"The threshold of {plan.Threshold} signatures does not fit {attesters} attester(s): give 1 to {attesters}.");
        }

        if (plan.Tokens.FirstOrDefault(token => token is { Feed: not null, Parameters.Underlying: > 0 }) is { } both)
        {
            throw new DeploymentException($"The token {both.Symbol} of the deployment plan has a feed and is an underlying, whose feed prices it: take one of the two away.");
        }

        RequireOnce("The attester", plan.Attesters);
        RequireNames(plan);
    }

    /// <summary>What the contracts refuse when a part of the deployment is paid for already, and what they cannot know: under which names people will ask for it.</summary>
    private static void RequireNames(DeploymentPlan plan)
    {
        RequireOnce("The token", plan.Tokens.Select(static token => token.Symbol), StringComparer.OrdinalIgnoreCase);
        RequireOnce("The token at", plan.Tokens.Where(static token => token.Address is not null).Select(static token => token.Address!.Value));
        RequireOnce("The underlying", plan.Underlyings.Select(static underlying => underlying.Name), StringComparer.OrdinalIgnoreCase);
        foreach (PlannedUnderlying underlying in plan.Underlyings)
        {
            if (underlying.Name.Length == 0 || underlying.Name.Any(static letter => !char.IsAsciiLetterOrDigit(letter) && letter is not ('.' or '_')))
            {
                throw new DeploymentException($"The underlying '{underlying.Name}' of the deployment plan cannot be traded by that name, as in BTC-27MAR26-90000-C: give letters, digits, dots and underscores.");
            }

            RequireOnce($"The source of {underlying.Name} at", underlying.Feed is { } feed ? underlying.MoreSources.Prepend(feed) : underlying.MoreSources);
        }
    }

    private static void RequireOnce<T>(string what, IEnumerable<T> named, IEqualityComparer<T>? comparer = null)
    {
        if (named.GroupBy(static one => one, comparer).FirstOrDefault(static same => same.Skip(1).Any()) is { } twice)
        {
            throw new DeploymentException($"{what} {twice.Key} is named twice in the deployment plan: name each once.");
        }
    }

    private static void RequireNoMocks(DeploymentPlan plan, ulong chain)
    {
        if (plan.Tokens.FirstOrDefault(static token => token.Address is null) is { } token)
        {
            throw new DeploymentException($"The token {token.Symbol} of the deployment plan has no address, and chain {chain} is no local one: name it, or give --mocks for one that anyone mints.");
        }

        if (plan.Underlyings.FirstOrDefault(static underlying => underlying.Feed is null) is { } underlying)
        {
            throw new DeploymentException($"The underlying {underlying.Name} of the deployment plan has no feed, and chain {chain} is no local one: name it, or give --mocks for one that anyone sets.");
        }
    }

    /// <summary>What has a default that is right where nothing is at stake.</summary>
    private void RequireSaid(DeploymentPlan plan)
    {
        if (plan.Governance is null)
        {
            throw new DeploymentException("The deployment plan names no governance, without which the deployer keeps every power: give its address.");
        }

        if (plan.Guardian is null)
        {
            throw new DeploymentException("The deployment plan names no guardian, without which governance alone may pause and take its own acts back: give an address.");
        }

        Address[] powers = [plan.Governance.Value, plan.Guardian.Value, deployer];
        if (powers.Distinct().Count() != powers.Length || powers.Contains(default))
        {
            throw new DeploymentException($"Governance {powers[0]}, guardian {powers[1]} and deployer {deployer} must be three addresses, and none of them zero: whoever holds two of these powers guards himself. Name others in the deployment plan.");
        }

        if (plan.GovernanceDelaySeconds is not { } delay)
        {
            throw new DeploymentException("The deployment plan has no governanceDelaySeconds, without which governance acts at once: give it, 172800 for two days.");
        }

        if (delay is < DelayLeastSeconds or > DelayMostSeconds)
        {
            throw new DeploymentException($"The governanceDelaySeconds of the deployment plan are {delay}: give {DelayLeastSeconds} to {DelayMostSeconds}, a day to two weeks, in which people can leave and an act is not too late.");
        }

        if (plan.RampSeconds == 0)
        {
            throw new DeploymentException("The deployment plan has no rampSeconds, without which what asks for more margin acts at once: give them, 86400 for a day.");
        }

        if (plan.Attesters.Count == 0 || plan.Attesters.Contains(deployer))
        {
            throw new DeploymentException("The deployment plan names no attesters, or the deployer among them, whose key is one that is left lying about: name those whose keys sign.");
        }

        if (plan.AttesterBondRaw == 0)
        {
            throw new DeploymentException("The attesterBondRaw of the deployment plan is 0, so that attesters would have nothing at stake: give what a seat costs.");
        }

        if (plan.Tokens.Skip(1).FirstOrDefault(static token => token.CapWholeTokens is null) is { } token)
        {
            throw new DeploymentException($"The token {token.Symbol} of the deployment plan has no capWholeTokens, without which any amount of it counts: give how many may.");
        }

        if (plan.Underlyings.FirstOrDefault(static underlying => underlying.RiskInterestMaxE8 is null) is { } underlying)
        {
            throw new DeploymentException($"The underlying {underlying.Name} of the deployment plan has no riskInterestMaxE8, without which nothing bounds its open interest: give it.");
        }
    }

    /// <summary>What gets every power, and whom nobody can take it from, is tried before: of an address that nobody has the key of, or a wallet that stands on another chain alone, all would be lost.</summary>
    private async Task RequireGovernedAsync(Address governance, ulong chain, CancellationToken cancellationToken)
    {
        if ((await node.GetCodeAsync(governance, cancellationToken: cancellationToken)).Length == 0)
        {
            throw new DeploymentException($"The governance {governance} of the deployment plan is no contract on chain {chain}, and would have every power for ever, also where that is a slip of the pen or a wallet of another chain: deploy its multisignature wallet or timelock on this chain first, and name that.");
        }
    }

    private async Task RequireThereAsync(DeploymentPlan plan, CancellationToken cancellationToken)
    {
        foreach (PlannedToken token in plan.Tokens)
        {
            if (token.Address is { } erc20)
            {
                byte decimals = await AskAsync($"The token {token.Symbol}", erc20, new Erc20.DecimalsCall(), cancellationToken);
                if (decimals != token.Decimals)
                {
                    throw new DeploymentException($"The token {token.Symbol} at {erc20} has {decimals} decimals and the deployment plan says {token.Decimals}: correct the plan.");
                }
            }

            if (token.Feed is { } feed)
            {
                await RequireAnswerAsync(token.Symbol, feed, token.HeartbeatSeconds, token.MinPriceE8, token.MaxPriceE8, cancellationToken);
            }
        }

        foreach (PlannedUnderlying underlying in plan.Underlyings)
        {
            List<long> pricesE8 = underlying.Feed is null ? [underlying.MockPriceE8] : [];
            if (underlying.Feed is { } feed)
            {
                BigInteger priceE8 = await RequireAnswerAsync(underlying.Name, feed, underlying.HeartbeatSeconds, underlying.MinPriceE8, underlying.MaxPriceE8, cancellationToken);
                if (priceE8 < PlanDomains.ListingPriceMinE8)
                {
                    throw new DeploymentException($"The feed of {underlying.Name} at {feed} answers {priceE8} (E8), and the contracts list nothing below {PlanDomains.ListingPriceMinE8}: name a source that counts the coin by the thousand or the million.");
                }

                pricesE8.Add((long)priceE8);
            }

            foreach (Address source in underlying.MoreSources)
            {
                string what = $"The source of {underlying.Name}";
                PriceSource.ReadResult read = await AskAsync(what, source, new PriceSource.ReadCall(), cancellationToken);
                pricesE8.Add(read.PriceE8 is > 0 and <= long.MaxValue ? (long)read.PriceE8 : throw new DeploymentException($"{what} at {source} has no price now: name another, or wait until it has one."));
            }

            RequireAgreed(underlying, plan, pricesE8);
        }
    }

    /// <summary>As <c>SpotMarkets.setFeeds</c> counts them, when dozens of transactions are paid for; one that lies apart is told even where the others were enough.</summary>
    private static void RequireAgreed(PlannedUnderlying underlying, DeploymentPlan plan, List<long> pricesE8)
    {
        (_, int live, int used) = Medians.Agreed([.. pricesE8], (underlying.Feeds ?? plan.Feeds).MaxDeviationE8);
        if (used < live)
        {
            throw new DeploymentException($"The sources of {underlying.Name} in the deployment plan answer {string.Join(", ", pricesE8)} (E8), and {live - used} of them lie more than maxDeviationE8 from the median: name others, or correct it.");
        }
    }

    /// <summary>As <c>ChainlinkSource.read</c> looks at it, which answers nothing instead of saying why.</summary>
    private async Task<BigInteger> RequireAnswerAsync(string name, Address feed, uint heartbeatSeconds, ulong minPriceE8, ulong maxPriceE8, CancellationToken cancellationToken)
    {
        string what = $"The feed of {name}";
        byte decimals = await AskAsync(what, feed, new Aggregator.DecimalsCall(), cancellationToken);
        Aggregator.LatestRoundDataResult round = await AskAsync(what, feed, new Aggregator.LatestRoundDataCall(), cancellationToken);
        BlockHeader block = await node.GetBlockAsync(BlockTag.Latest, cancellationToken) ?? throw new DeploymentException("The node has no newest block: check that it is an Ethereum node, and that it is synchronised.");
        BigInteger ageSeconds = block.TimestampSeconds - (BigInteger)round.UpdatedAt;
        if (round.RoundId == 0 || round.AnsweredInRound < round.RoundId || round.UpdatedAt == UInt256.Zero || ageSeconds > heartbeatSeconds)
        {
            throw new DeploymentException($"{what} at {feed} has no answer of the last {heartbeatSeconds} s, its heartbeatSeconds: name another, or correct the deployment plan.");
        }

        BigInteger answer = (BigInteger)round.Answer;
        BigInteger priceE8 = decimals < PriceDecimals ? answer * BigInteger.Pow(10, PriceDecimals - decimals) : answer / BigInteger.Pow(10, decimals - PriceDecimals);
        if (priceE8 < minPriceE8 || priceE8 > maxPriceE8)
        {
            throw new DeploymentException($"{what} at {feed} answers {priceE8} (E8), outside minPriceE8 {minPriceE8} to maxPriceE8 {maxPriceE8}: name another, or correct the deployment plan.");
        }

        return priceE8;
    }

    private async Task<T> AskAsync<T>(string what, Address contract, IContractCall<T> call, CancellationToken cancellationToken)
    {
        await RequireCodeAsync(what, contract, cancellationToken);
        try
        {
            return await node.CallAsync(contract, call, cancellationToken: cancellationToken);
        }
        catch (Exception exception) when (exception is RevertException or EthereumFormatException)
        {
            throw new DeploymentException($"{what} at {contract} does not answer as one: correct its address in the deployment plan.", exception);
        }
    }

    private async Task RequireCodeAsync(string what, Address contract, CancellationToken cancellationToken)
    {
        if ((await node.GetCodeAsync(contract, cancellationToken: cancellationToken)).Length == 0)
        {
            throw new DeploymentException($"{what} at {contract} is no contract on this chain: correct its address in the deployment plan.");
        }
    }
}
