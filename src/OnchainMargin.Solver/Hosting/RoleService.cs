using System.Data.Common;
using System.Globalization;
using OnchainMargin.Ethereum;
using OnchainMargin.Protocol;
using OnchainMargin.Solver.Store;

namespace OnchainMargin.Solver.Hosting;

/// <summary>
/// Runs a role round after round until the host stops. What goes wrong in a round is logged and tried again after a pause that grows to half a minute. So is what nobody foresaw, with its trace: a fault of one role must not stop the others of the process,
/// since accounts go on sinking meanwhile.
/// </summary>
/// <typeparam name="TRole">The role.</typeparam>
internal sealed class RoleService<TRole>(TRole role, RoleHealth health, TimeProvider time, ILogger<RoleService<TRole>> logger) : BackgroundService
    where TRole : class, ISolverRole
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        logger.RoleStarted(role.Name);
        TimeSpan pause = FirstPause;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                health.Began(role.Name);
                await role.RunOnceAsync(stoppingToken).ConfigureAwait(false);
                health.Succeeded(role.Name);
                pause = FirstPause;
                await role.WaitAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                health.Failed(role.Name, error.Message);
                string seconds = string.Create(CultureInfo.InvariantCulture, $"{pause.TotalSeconds}");
                if (error is EthereumException or ProtocolException or StoreException or DbException or IOException or OperationCanceledException)
                {
                    logger.RoundFailed(role.Name, error.Message, seconds);
                }
                else
                {
                    logger.RoundBroken(error, role.Name, seconds);
                }

                await Task.Delay(pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
    }
}
