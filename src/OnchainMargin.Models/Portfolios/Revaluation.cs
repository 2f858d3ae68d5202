using OnchainMargin.Margin;
using OnchainMargin.Models.Surfaces;

namespace OnchainMargin.Models.Portfolios;

/// <summary>Accounts of a checkpoint as instruments and sizes in doubles.</summary>
public sealed class Revaluation
{
    private const double E8 = 1e8;
    private const double E12 = 1e12;
    private const double YearSeconds = 365 * 86_400;

    private readonly Checkpoint _checkpoint;
    private readonly Dictionary<Instrument, int> _places = [];
    private readonly List<RiskInstrument> _instruments = [];

    /// <summary>Begins with no instrument.</summary>
    public Revaluation(Checkpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        _checkpoint = checkpoint;
    }

    /// <summary>The instruments that the accounts so far hold. The market of each is its underlying's number less 1.</summary>
    public IReadOnlyList<RiskInstrument> Instruments => _instruments;

    /// <summary>
    /// Adds an account. Collateral that is an underlying comes first, as the underlying's spot, then the positions in their order. What is no underlying does not move: its haircut is the margin's
    /// business.
    /// </summary>
    /// <exception cref="ArgumentException">The checkpoint lacks what the account holds.</exception>
    public RiskPosition[] Add(AccountState state, ReadOnlySpan<Balance> balances)
    {
        ArgumentNullException.ThrowIfNull(state);
        var positions = new List<RiskPosition>();
        foreach (var balance in balances)
        {
            var record = _checkpoint.Collaterals.FirstOrDefault(c => c.Token == balance.Token) ?? throw new ArgumentException($"the checkpoint lacks token {balance.Token}", nameof(balances));
            if (record.Underlying != 0)
            {
                // Spot moves as the perpetual does, whatever the perpetual's mark: kept under a kind that no position has.
                var key = new Instrument(record.Underlying, 0, 0, (InstrumentKind)byte.MaxValue);
                positions.Add(new RiskPosition(Place(key), Collaterals.SizeE8(record, balance.AmountRaw) / E8));
            }
        }

        foreach (var position in state.Positions)
        {
            positions.Add(new RiskPosition(Place(position.Instrument), position.SizeE8 / E8));
        }

        return [.. positions];
    }

    private int Place(Instrument instrument)
    {
        if (!_places.TryGetValue(instrument, out var place))
        {
            place = _instruments.Count;
            _instruments.Add(Of(instrument));
            _places.Add(instrument, place);
        }

        return place;
    }

    private RiskInstrument Of(Instrument instrument)
    {
        var record = instrument.Underlying <= _checkpoint.Underlyings.Length ? _checkpoint.Underlyings[instrument.Underlying - 1] : throw new ArgumentException($"the checkpoint lacks underlying {instrument.Underlying}", nameof(instrument));
        var market = instrument.Underlying - 1;
        if (instrument.Expiry == 0)
        {
            return new RiskInstrument(market, (instrument.Kind == InstrumentKind.Perpetual ? record.PerpetualMarkE8 : record.SpotE8) / E8, 1, 0, false, 0, 0);
        }

        var expiry = record.Expiries.FirstOrDefault(e => e.Expiry == instrument.Expiry) ?? throw new ArgumentException($"the checkpoint lacks expiry {instrument.Expiry} of underlying {instrument.Underlying}", nameof(instrument));
        var surface = expiry.Present;
        var forward = surface.ForwardE8 / E8;
        if (!instrument.IsOption)
        {
            return new RiskInstrument(market, forward, 1, 0, false, 0, 0);
        }

        return new RiskInstrument(
            market, forward, expiry.DiscountE12 / E12, instrument.StrikeE8 / E8, instrument.Kind == InstrumentKind.Call, SviSlice.VolatilityOf(surface, instrument.StrikeE8),
            Math.Max(instrument.Expiry - _checkpoint.Header.Time, 0) / YearSeconds);
    }
}
