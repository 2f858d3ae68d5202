namespace OnchainMargin.Margin.Tests.Attested;

/// <summary>What an operation does first and last, fills and settlement at expiry, against the vectors that the Solidity reads, too (spec/attested, written by spec/generate-clearing.js).</summary>
public sealed class ClearingVectorTests
{
    private const ulong IndexE12 = 1_000_000_000_000;
    private const uint Expiry = 1_900_000_000;

    [Fact]
    public void AccrueFloor_IsThatOfTheVectors()
    {
        Columns v = Columns.Of("CLR-001");
        Assert.Equal(200, v.Count("after"));
        for (int i = 0; i < v.Count("after"); i++)
        {
            Int128 cash = v.Large("cash", i);
            ulong index = Interest.IndexOf(cash, Header(v.Long("debtIndex", i), v.Long("creditIndex", i)));
            Assert.Equal(v.Large("after", i), Interest.AccrueFloor(cash, (ulong)v.Long("from", i), index));
        }
    }

    /// <summary>Of what the settlement token is in cash, which AccountTouchTests hold to the same vectors.</summary>
    [Fact]
    public void Begin_Sweeps_AsTheVectorsSay()
    {
        Columns v = Columns.Of("CLR-002");
        Assert.Equal(60, v.Count("after"));
        for (int i = 0; i < v.Count("after"); i++)
        {
            var state = new AccountState { CashE8 = v.Large("cash", i), InterestIndexE12 = IndexE12 };
            Assert.Equal(v.Large("after", i), Touches.Begin(state, Header((long)IndexE12, (long)IndexE12), v.Large("swept", i), 0, 1800).CashE8);
        }
    }

    [Fact]
    public void Locked_IsThatOfTheVectors()
    {
        Columns v = Columns.Of("CLR-003");
        Assert.Equal(120, v.Count("after"));
        for (int i = 0; i < v.Count("after"); i++)
        {
            Assert.Equal((ulong)v.Long("after", i), Touches.Locked((ulong)v.Long("locked", i), (ulong)v.Long("elapsed", i), v.Long("window", i)));
        }
    }

    [Fact]
    public void Lock_IsThatOfTheVectors()
    {
        Columns v = Columns.Of("CLR-004");
        Assert.Equal(60, v.Count("after"));
        for (int i = 0; i < v.Count("after"); i++)
        {
            Assert.Equal((ulong)v.Long("after", i), Touches.Lock(new AccountState { LockedGainE8 = (ulong)v.Long("locked", i) }, v.Large("realised", i)).LockedGainE8);
        }
    }

    /// <summary>What is paid, and what is left of the deficit.</summary>
    [Fact]
    public void UnpaidRaw_IsThatOfTheVectors()
    {
        Columns v = Columns.Of("CLR-023");
        Assert.Equal(120, v.Count("paid"));
        for (int i = 0; i < v.Count("paid"); i++)
        {
            UInt128 deficit = (UInt128)v.Whole("deficit", i);
            UInt128 raw = (UInt128)v.Whole("raw", i);
            UInt128 scale = (UInt128)v.Whole("scale", i);
            UInt128 unpaid = Losses.UnpaidRaw(raw, (UInt128)v.Whole("credit", i), deficit, scale);
            Assert.Equal(((UInt128)v.Whole("paid", i), (UInt128)v.Whole("deficitAfter", i)), (raw - unpaid, deficit - (unpaid * scale)));
        }
    }

    /// <summary>The touch, fills at a cost, and the write.</summary>
    [Fact]
    public void Operations_WriteTheStatesOfTheVectors()
    {
        const ulong Time = 1_800_000_000;
        const int Scale = 100;
        Columns v = Columns.Of("CLR-005");
        int fills = 0;
        for (int i = 0; i < v.Count("refused"); i++)
        {
            CheckpointHeader header = Header(v.Long("debtIndex", i), v.Long("creditIndex", i));
            Assert.Equal(MarginError.None, AccountState.Unpack(v.Words("before", i), out AccountState? state));
            state = Touches.Begin(state!, header, v.Large("raw", i) * Scale, Time, v.Long("window", i));
            Int128 realised = 0;
            for (int j = fills; j < fills + v.Long("fillCount", i); j++)
            {
                FillOutcome filled = Fills.Add(state, Instrument.Unpack((UInt128)v.Large("instrument", j)), v.Long("size", j), v.Large("value", j))!;
                state = filled.State;
                realised += filled.RealisedE8;
            }

            AccountState? written = Touches.End(Touches.Lock(state, realised), header, Time);
            Assert.Equal(v.Long("refused", i) == 0 ? v.Words("after", i) : null, written?.Pack());
            fills += (int)v.Long("fillCount", i);
        }

        Assert.Equal(v.Count("size"), fills);
    }

    [Fact]
    public void Bases_AreThoseOfTheVectors()
    {
        Columns v = Columns.Of("CLR-006");
        Assert.Equal(120, v.Count("debt"));
        for (int i = 0; i < v.Count("debt"); i++)
        {
            (Int128 cash, ulong index) = (v.Large("cash", i), (ulong)v.Long("index", i));
            Assert.Equal((v.Large("debt", i), v.Large("credit", i)), (Interest.DebtBase(cash, index), Interest.CreditBase(cash, index)));
        }
    }

    /// <summary>That a notional may not be entered is the contract's alone: off chain no position comes near it.</summary>
    [Fact]
    public void Add_IsThatOfTheVectors()
    {
        Columns v = Columns.Of("CLR-011");
        Assert.True(v.Count("refused") > 400);
        for (int i = 0; i < v.Count("refused"); i++)
        {
            Instrument instrument = OfKind(v.Long("kind", i), 500_000);
            (long held, Int128 value) = (v.Long("s", i), v.Large("v", i));
            Assert.Equal(value, Fills.ValueUp(v.Long("d", i), v.Long("p", i), v.Long("funding", i)));
            AccountState state = AccountState.Empty with { CashE8 = 5, Positions = held == 0 ? [] : [new Position(instrument, held, v.Large("cost", i))] };
            FillOutcome? outcome = Fills.Add(state, instrument, v.Long("d", i), value);
            if (v.Long("refused", i) == 1)
            {
                Assert.Null(outcome);
                continue;
            }

            (long size, Int128 realised) = (v.Long("sizeAfter", i), v.Large("realised", i));
            Assert.Equal((realised, value), (outcome!.RealisedE8, outcome.ValueE8));
            Assert.Equal(state with { CashE8 = 5 + realised, Positions = size == 0 ? [] : [new Position(instrument, size, v.Large("costAfter", i))] }, outcome.State);
        }
    }

    [Fact]
    public void FeeUp_IsThatOfTheVectors()
    {
        Columns v = Columns.Of("CLR-012");
        Assert.Equal(90, v.Count("refused"));
        for (int i = 0; i < v.Count("refused"); i++)
        {
            (long size, long price) = (v.Long("d", i), v.Long("p", i));
            Assert.Equal((v.Large("makerFee", i), v.Large("takerFee", i)), (Fees.FeeUp(-size, price, v.Long("makerRate", i)), Fees.FeeUp(size, price, v.Long("takerRate", i))));
            Int128 Left(string side) => Fees.LeftForCreditE8(size, price, v.Long(side, i), v.Long("makerRate", i), v.Long("takerRate", i));
            Assert.Equal((v.Large("makerLeft", i), v.Large("takerLeft", i)), (Left("makerMost"), Left("takerMost")));
        }
    }

    /// <summary>Whether a price is in the band PriceBandTests hold to the same vectors.</summary>
    [Fact]
    public void BandE8_IsThatOfTheVectors()
    {
        Columns v = Columns.Of("CLR-013");
        Assert.True(v.Count("band") > 500);
        for (int i = 0; i < v.Count("band"); i++)
        {
            (Int128 mark, uint priceBand) = (Int128.Max(v.Large("mark", i), 0), (uint)v.Long("priceBand", i));
            Int128 band = v.Long("kind", i) < (long)InstrumentKind.Call
                ? Fees.BandE8(mark, priceBand)
                : Fees.OptionBandE8(mark, v.Long("forward", i), v.Large("vega", i), priceBand, (uint)v.Long("volBand", i));
            Assert.Equal(v.Large("band", i), band);
        }
    }

    [Fact]
    public void Reduces_IsThatOfTheVectors()
    {
        Columns v = Columns.Of("CLR-014");
        Assert.Equal(58, v.Count("reduces"));
        for (int i = 0; i < v.Count("reduces"); i++)
        {
            Assert.Equal(v.Long("reduces", i) == 1, Fees.Reduces(v.Long("s", i), v.Long("d", i)));
        }
    }

    /// <summary>Premium and the cap of risk are the contract's alone; the cap of option interest the relay keeps by what a fill changes.</summary>
    [Fact]
    public void OpenInterestChange_IsThatOfTheVectors()
    {
        Columns v = Columns.Of("CLR-015");
        Assert.Equal(200, v.Count("change"));
        for (int i = 0; i < v.Count("change"); i++)
        {
            (long taker, long maker, long size) = (v.Long("a", i), v.Long("b", i), v.Long("d", i));
            Assert.Equal(v.Long("change", i), Fees.OpenInterestChange(taker, taker + size) + Fees.OpenInterestChange(maker, maker - size));
        }
    }

    [Fact]
    public void Close_AtExpiry_IsThatOfTheVectors()
    {
        Columns v = Columns.Of("CLR-018");
        Assert.Equal(120, v.Count("payoff"));
        for (int i = 0; i < v.Count("payoff"); i++)
        {
            Instrument instrument = OfKind(v.Long("kind", i), v.Long("strike", i) / 10_000);
            Assert.Equal(v.Long("payoff", i), Expiries.PayoffE8(instrument, v.Long("price", i)));
            Assert.Equal((v.Large("realised", i), v.Large("v", i)), Expiries.Close(new Position(instrument, v.Long("size", i), v.Large("cost", i)), v.Long("price", i), 0));
        }
    }

    [Fact]
    public void LeastExcessE8_IsThatOfTheVectors()
    {
        Columns v = Columns.Of("CLR-020");
        Assert.Equal(300, v.Count("least"));
        for (int i = 0; i < v.Count("least"); i++)
        {
            Assert.Equal(v.Whole("least", i), Reductions.LeastExcessE8(v.Large("equity", i), v.Large("maintenance", i), v.Large("maintenanceAfter", i), v.Long("minRelief", i)));
        }
    }

    [Fact]
    public void MostLostE8_IsThatOfTheVectors()
    {
        Columns v = Columns.Of("CLR-020");
        Assert.Equal(200, v.Count("most"));
        for (int i = 0; i < v.Count("most"); i++)
        {
            (uint priceBand, uint volBand) = ((uint)v.Long("priceBand", i), (uint)v.Long("volBand", i));
            Int128 callMark = Int128.Max(v.Large("callMark", i), 0);
            Int128 most = Lost("perpetualSize", v.Large("perpetualMark", i), Fees.BandE8(v.Large("perpetualMark", i), priceBand))
                + Lost("futureSize", v.Large("futureMark", i), Fees.BandE8(v.Large("futureMark", i), priceBand))
                + Lost("callSize", callMark, Fees.OptionBandE8(callMark, v.Long("callForward", i), v.Large("callVega", i), priceBand, volBand));
            Assert.Equal(v.Large("most", i), most);

            Int128 Lost(string size, Int128 mark, Int128 band) =>
                Reductions.MostLostE8(v.Long(size, i), mark, band, Math.Max(v.Long("makerFee", i), v.Long("takerFee", i)), v.Long("parts", i) == 10);
        }
    }

    [Fact]
    public void Settle_LeavesTheStatesOfTheVectors()
    {
        const ulong Time = Expiry + 600;
        Columns v = Columns.Of("CLR-018");
        CheckpointHeader header = Header((long)IndexE12, (long)IndexE12);
        Assert.Equal(40, v.Count("settled"));
        for (int i = 0; i < v.Count("settled"); i++)
        {
            Assert.Equal(MarginError.None, AccountState.Unpack(v.Words("before", i), out AccountState? state));
            AccountState touched = Expiries.Settle(Touches.Begin(state!, header, 0, Time, 1800), instrument => instrument.Expiry == Expiry ? v.Long("settled", i) : 0);
            Assert.Equal(v.Words("after", i), Touches.End(touched, header, Time)!.Pack());
        }
    }

    [Fact]
    public void Close_AtTheLastPrice_IsThatOfTheVectors()
    {
        Columns v = Columns.Of("CLR-027");
        Assert.Equal(60, v.Count("v"));
        for (int i = 0; i < v.Count("v"); i++)
        {
            var position = new Position(Instrument.Perpetual(1), v.Long("size", i), v.Large("cost", i));
            Assert.Equal((v.Large("realised", i), v.Large("v", i)), Expiries.Close(position, v.Long("price", i), v.Long("funding", i)));
        }
    }

    private static CheckpointHeader Header(long debtIndexE12, long creditIndexE12) => new(1, 0, Rounding.One, (ulong)debtIndexE12, (ulong)creditIndexE12);

    private static Instrument OfKind(long kind, long strikeE4) => (InstrumentKind)kind switch
    {
        InstrumentKind.Perpetual => Instrument.Perpetual(1),
        InstrumentKind.Future => Instrument.Future(1, Expiry),
        InstrumentKind.Call => Instrument.Call(1, Expiry, strikeE4),
        _ => Instrument.Put(1, Expiry, strikeE4),
    };
}
