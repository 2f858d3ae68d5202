using OnchainMargin.Ethereum;

namespace OnchainMargin.Protocol.Deployment;

/// <summary>A place for a deployment file, taken before anything is paid for: the folder is there, may be written to and has room.</summary>
public sealed class DeploymentDraft : IDisposable
{
    /// <summary>More than a deployment file ever takes.</summary>
    private const int RoomBytes = 1 << 18;

    private readonly string _path;
    private readonly string _draft;
    private FileStream? _file;

    /// <summary>Takes the place, beside the file, which stays as it is.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="DeploymentException">It cannot be written.</exception>
    public DeploymentDraft(string path)
    {
        _path = path;
        _draft = $"{path}.{Environment.ProcessId}.tmp";
        try
        {
            string whole = Path.GetFullPath(path);
            if (Directory.Exists(whole))
            {
                throw new IOException("It is a folder.");
            }

            if (Path.GetDirectoryName(whole) is { } folder)
            {
                Directory.CreateDirectory(folder);
            }

            _file = new FileStream(_draft, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, PreallocationSize = RoomBytes });
        }
        catch (Exception exception) when (FileFault.Is(exception))
        {
            throw CannotBeWritten(exception);
        }
    }

    /// <summary>Writes the deployment, and puts the file in its place.</summary>
    /// <exception cref="DeploymentException">It cannot be written after all.</exception>
    public void Write(DeploymentRecord deployment)
    {
        ObjectDisposedException.ThrowIf(_file is null, this);
        try
        {
            byte[] content = DeploymentFile.Bytes(deployment);
            _file.Write(content);
            _file.SetLength(content.Length);
            _file.Dispose();
            File.Move(_draft, _path, overwrite: true);
            _file = null;
        }
        catch (Exception exception) when (FileFault.Is(exception))
        {
            throw CannotBeWritten(exception);
        }
    }

    /// <summary>Leaves nothing beside the file.</summary>
    public void Dispose()
    {
        if (_file is null)
        {
            return;
        }

        _file.Dispose();
        _file = null;
        try
        {
            File.Delete(_draft);
        }
        catch (Exception exception) when (FileFault.Is(exception))
        {
            // The folder went away: so did what was to be deleted.
        }
    }

    private DeploymentException CannotBeWritten(Exception exception) =>
        new($"The deployment file '{_path}' cannot be written: name a path in a folder that you may write to.", exception);
}
