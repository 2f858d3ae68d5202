using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Attesting;
using OnchainMargin.Solver.Markets;
using OnchainMargin.Solver.Proving;
using OnchainMargin.Solver.Relay;
using OnchainMargin.Solver.Tests.Api;

namespace OnchainMargin.Solver.Tests.Proving;

/// <summary>What an attestation shows: the state after an operation with the cash that it needs, or by headroom the state before it.</summary>
public sealed class AttestedRulesTests
{
    private const ulong Mixed = 2;

    private readonly ProtocolBook _book = new ApiWorld().Book();

    private CheckpointInputs Inputs => _book.LatestCheckpoint!;

    [Fact]
    public void Withdrawal_UpToTheLeastCash_IsShownAndNotOneUnitMore()
    {
        BookAccount account = _book.Accounts[Mixed];
        RiskRegistry.RiskAttestation attestation = AttestationBuilder.Attest(account, _book, Inputs);
        UInt128 good = 0, bad = 1_000_000_000_000;
        while (bad - good > 1)
        {
            UInt128 middle = (good + bad) / 2;
            (good, bad) = Of(account, middle) is var (after, fee) && AttestedRules.Shows(after, attestation, account.Balances, fee, Inputs) ? (middle, bad) : (good, middle);
        }

        // A base unit is a hundred units of money; the fee on credit grows with what is withdrawn.
        (AccountOperation operation, CreditQuote credit) = Of(account, good);
        Assert.True(credit.FeeE8 > 0);
        Assert.InRange(operation.After.State.CashE8 - credit.AsideE8 - credit.FeeE8 - attestation.LeastCashE8, 0, 100);
    }

    [Fact]
    public void Withdrawal_OfCollateralThatIsNamed_IsNotShownByAnAttestationOfBefore()
    {
        BookAccount account = _book.Accounts[Mixed];
        RiskRegistry.RiskAttestation before = AttestationBuilder.Attest(account, _book, Inputs);
        (AccountOperation operation, CreditQuote credit) = Of(account, 1_000, token: 1);

        Assert.False(AttestedRules.Shows(operation, before, account.Balances, credit, Inputs));
        Assert.True(AttestedRules.Shows(operation, before, operation.After.Balances, credit, Inputs));
    }

    [Theory]
    [InlineData(100_000, true)]
    [InlineData(100 * ApiWorld.One, false)]
    public void Trade_WithinHeadroom_IsShownByTheStateBefore(long sizeE8, bool isShown)
    {
        BookAccount account = Richer(_book.Accounts[Mixed]);
        RiskRegistry.RiskAttestation before = AttestationBuilder.Attest(account, _book, Inputs);
        AccountOperation operation = Trade(account, sizeE8);
        CreditQuote credit = CreditQuote.Of(operation.After, isWithdrawal: false, _book, Inputs)!.Value;

        Assert.Equal(isShown, AttestedRules.ShowsByHeadroom(operation, before, account.Balances, credit, Inputs));
        Assert.False(AttestedRules.Shows(operation, before, account.Balances, credit, Inputs));
    }

    /// <summary>The account is long volatility, and the surface of half an hour ago is the worse for it; who sells so much that it is short then would count on the other (MRG-058).</summary>
    [Theory]
    [InlineData(-10, true, true)]
    [InlineData(-60, true, false)]
    [InlineData(-60, false, true)]
    public void Trade_ThatTurnsTheSurface_IsNotShownByHeadroom(long options, bool hasTwoSurfaces, bool isShown)
    {
        CheckpointInputs inputs = hasTwoSurfaces ? WithDelayed(Inputs, -5_000_000_000) : Inputs;
        BookAccount account = Richer(_book.Accounts[Mixed]);
        RiskRegistry.RiskAttestation before = AttestationBuilder.Attest(account, _book, inputs);
        PreTradeCheck.Possible[] fills = [new(Instrument.Call(2, ApiWorld.Expiry, 32_000_000), options * ApiWorld.One, 50 * ApiWorld.One, 50_000, 100_000)];
        var operation = AccountOperation.OfFills(account, fills, PreTradeCheck.Judge(account, fills, _book, inputs), _book.Parameters.Clearing);
        CreditQuote credit = CreditQuote.Of(operation.After, isWithdrawal: false, _book, inputs)!.Value;

        Assert.Equal(isShown, AttestedRules.ShowsByHeadroom(operation, before, account.Balances, credit, inputs));
    }

    /// <summary>90,000 at a rate of 0.1 % that was signed less 0.05 % that is taken.</summary>
    [Fact]
    public void Trade_LeavesForTheFeeOnCredit_WhatItsOrdersAllow() => Assert.Equal(45 * (Int128)ApiWorld.One, Trade(Richer(_book.Accounts[Mixed]), ApiWorld.One).LargestFeeE8);

    private static BookAccount Richer(BookAccount account) => account with { State = account.State with { CashE8 = 200_000 * (Int128)ApiWorld.One } };

    /// <summary>The same prices, and delayed surfaces of another variance.</summary>
    private static CheckpointInputs WithDelayed(CheckpointInputs inputs, long moreE12)
    {
        Checkpoint checkpoint = inputs.Checkpoint with
        {
            Underlyings = [.. inputs.Checkpoint.Underlyings.Select(u => u with { Expiries = [.. u.Expiries.Select(expiry => expiry with { Delayed = expiry.Present with { AE12 = expiry.Present.AE12 + moreE12 } })] })],
        };
        return CheckpointInputs.Read(checkpoint.InputsPreimage(static bytes => Keccak256.Hash(bytes).ToArray()), [.. checkpoint.Underlyings.SelectMany(static u => u.Pack())]);
    }

    private (AccountOperation Operation, CreditQuote Credit) Of(BookAccount account, UInt128 amountRaw, ushort token = 0)
    {
        AccountOperation operation = AccountOperation.OfWithdrawal(account, token, amountRaw, _book, Inputs).Operation!;
        return (operation, CreditQuote.Of(operation.After, isWithdrawal: true, _book, Inputs)!.Value);
    }

    private AccountOperation Trade(BookAccount account, long sizeE8)
    {
        PreTradeCheck.Possible[] fills = [new(Instrument.Perpetual(1), sizeE8, ApiWorld.BtcE8, 50_000, 100_000)];
        return AccountOperation.OfFills(account, fills, PreTradeCheck.Judge(account, fills, _book, Inputs), _book.Parameters.Clearing);
    }
}
